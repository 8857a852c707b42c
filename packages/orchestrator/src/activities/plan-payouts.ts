import type { Tx } from '@sluice/database';
import { money, toWire, type Currency } from '@sluice/money';
import { readPayout, readSellerPayouts } from '@sluice/payout';
import { lockFunds } from '@sluice/pool';
import { readMainAccount } from '@sluice/settlement';
import type { PayoutPlan, PlannedPayout } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import { listOwed, type Owed } from './list-owed.ts';
import { listUnpaid } from './list-unpaid.ts';
import { answerOrLeave } from './refuse-all.ts';
import { topUp } from './top-up.ts';

/** What one plan lists, so that it fits a workflow's payload; more take another plan. */
const maxPlanned = 2_000;
const maxHeld = 500;

export interface PayoutRun {
  readonly poolId: string;
  readonly mainAccountId: string;
  readonly runId: string;
}

/**
 * Lists what sellers are owed, and tops the paying main account up so that its sub-accounts can
 * cover it and the payouts that wait for money. A seller whose last payout came back or was
 * rejected is held: paying again to the same account would only come back again. Safe to repeat: a
 * second plan tops up what is missing then, and a payout that was started has its id taken.
 *
 * Leaves the transaction with `POOL_UNKNOWN`, `MAIN_ACCOUNT_UNKNOWN` or `PAYOUTS_TOO_MANY`.
 */
export async function planPayouts(
  tx: Tx,
  { program }: Dependencies,
  { poolId, mainAccountId, runId }: PayoutRun,
): Promise<PayoutPlan> {
  // One plan at a time, and no draw in between: each would count money that the other counts.
  answerOrLeave(await lockFunds(tx, poolId));
  const main = answerOrLeave(await readMainAccount(tx, mainAccountId));
  const { currency } = money(0n, main.currency);
  // Payouts before balances: what is reserved in between is planned too low then, not too high.
  const waiting = (await listUnpaid(tx, 'pending')).filter(
    ({ state, amount }) =>
      (state === 'created' || state === 'awaiting-funds') && amount.currency === currency,
  );
  const troubled = await troubledSellers(tx);
  const listed = await list(await listOwed(tx, currency, waiting), {
    idOf: (sellerId) => freeId(tx, poolId, sellerId),
    isHeld: async (sellerId) => troubled.has(sellerId) && isStuck(tx, sellerId),
    currency,
  });
  const neededMinor = waiting.reduce(
    (total, { amount }) => total + amount.minor,
    listed.plannedMinor,
  );
  const needed = money(neededMinor, currency);
  const toppedUp = await topUp(tx, program, { mainAccountId, runId, needed });
  const { payouts, more, held } = listed;
  return { kind: 'planned', toppedUp: toWire(toppedUp), payouts, more, held };
}

/** Sellers of whom some payout, maybe long ago, came back or was rejected. */
async function troubledSellers(tx: Tx): Promise<ReadonlySet<string>> {
  const payouts = [...(await listUnpaid(tx, 'returned')), ...(await listUnpaid(tx, 'failed'))];
  return new Set(payouts.map(({ sellerId }) => sellerId));
}

/** Whether the last payout of which something is known did not stay with the seller. */
async function isStuck(tx: Tx, sellerId: string): Promise<boolean> {
  const payouts = await readSellerPayouts(tx, sellerId);
  const last = payouts.findLast(({ status }) => status !== 'pending');
  return last?.status === 'returned' || last?.status === 'failed';
}

interface Listed extends Pick<PayoutPlan, 'payouts' | 'more' | 'held'> {
  readonly plannedMinor: bigint;
}

async function list(
  owed: readonly Owed[],
  by: {
    readonly currency: Currency;
    readonly idOf: (sellerId: string) => Promise<string>;
    readonly isHeld: (sellerId: string) => Promise<boolean>;
  },
): Promise<Listed> {
  const payouts: PlannedPayout[] = [];
  const held: PlannedPayout[] = [];
  let plannedMinor = 0n;
  for (const { sellerId, minor } of owed) {
    const isHeld = await by.isHeld(sellerId);
    if (isHeld && held.length === maxHeld) continue;
    if (!isHeld && payouts.length === maxPlanned)
      return { payouts, more: true, held, plannedMinor };
    const amount = toWire(money(minor, by.currency));
    const planned = { payoutId: await by.idOf(sellerId), sellerId, amount };
    (isHeld ? held : payouts).push(planned);
    if (!isHeld) plannedMinor += minor;
  }
  return { payouts, more: false, held, plannedMinor };
}

/** The seller's next number in this pool: the same until a payout takes it. */
async function freeId(tx: Tx, poolId: string, sellerId: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const id = `${poolId}/${sellerId}/${number}`;
    if ((await readPayout(tx, id)) === undefined) return id;
  }
}
