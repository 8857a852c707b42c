import { withTransaction, type Tx } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import {
  recordAnswer,
  type Payout,
  type PayoutState,
  type RailAnswer,
  type Recorded,
} from '@sluice/payout';
import { routeDeposit, type AccountPart } from '@sluice/settlement';
import type { PayoutView } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import { ledgerBalances } from './ledger-balances.ts';
import { comebackOf, settlementOf } from './payout-bookings.ts';
import { viewOf } from './payout-view.ts';
import { postBookings, type Booking } from './post-bookings.ts';
import { tryLater } from './try-later.ts';

/** Records what the bank said of an attempt and books what it means, in one transaction. */
export async function recordBankAnswer(
  { database, program }: Dependencies,
  mainAccountId: string,
  said: { readonly attemptKey: string; readonly answer: RailAnswer; readonly workflowId: string },
): Promise<PayoutView> {
  const payout = await withTransaction(database, async (tx) => {
    const change = expectAnswer(await recordAnswer(tx, said));
    if (change.changed) {
      await postBookings(tx, program, await consequencesOf(tx, mainAccountId, change));
    }
    return change.payout;
  });
  return viewOf(payout);
}

const hasLeft: ReadonlySet<PayoutState> = new Set(['settled', 'final', 'returned']);

/**
 * What a change of state means for the books. An answer may skip states: a payment that comes back
 * before we saw it settle is booked as both.
 */
async function consequencesOf(
  tx: Tx,
  mainAccountId: string,
  { payout, from, to }: Recorded,
): Promise<readonly Booking[]> {
  const leaves = hasLeft.has(to) && !hasLeft.has(from);
  const bookings = leaves ? settlementOf(payout) : [];
  if (to !== 'returned' && to !== 'rejected') return bookings;
  const parts = await depositParts(tx, mainAccountId, payout);
  return [...bookings, ...comebackOf(payout, mainAccountId, parts, to)];
}

/** Where money that comes back is put: on the active generation, maybe not the one it left. */
async function depositParts(
  tx: Tx,
  mainAccountId: string,
  { amount }: Payout,
): Promise<readonly AccountPart[]> {
  const deposit = expectAnswer(
    await routeDeposit(tx, {
      mainAccountId,
      amountMinor: amount.minor,
      balances: ledgerBalances(tx),
    }),
  );
  if (deposit.kind === 'wait') throw tryLater(deposit.waitMs);
  return deposit.parts;
}
