import { withTransaction, type Tx } from '@sluice/database';
import { readBalances } from '@sluice/ledger';
import {
  formatAmount,
  formatMoney,
  fromWire,
  isRefusal,
  money,
  refuse,
  type Money,
  type Refusal,
} from '@sluice/money';
import { createPayout, recordTransition, type NewPayout } from '@sluice/payout';
import { numberTask, routeTask } from '@sluice/settlement';
import type { PayoutOrder, PayoutReserved } from '../contract.ts';
import { accountCodes } from './account-codes.ts';
import type { Dependencies } from './dependencies.ts';
import { ledgerBalances } from './ledger-balances.ts';
import { newPayout } from './new-payout.ts';
import { reservationOf } from './payout-bookings.ts';
import { postBookings } from './post-bookings.ts';
import { answerOrLeave, orRefusal, refuseAll } from './refuse-all.ts';

/**
 * Records a payout, routes it to a sub-account and books that its money is on its way: payable to
 * clearing, sub-account to in transit. A payout that is reserved answers the same for ever. Its
 * number in the settlement's sequence comes first, in a transaction of its own, and stays taken
 * whatever becomes of the payout.
 *
 * @returns what was reserved, or what has to happen first; or a refusal that leaves nothing else
 *   behind: of the amount, `PAYOUT_INVALID`, `PAYOUT_ID_REUSED`, `PAYOUT_NOT_OWED`,
 *   `PAYOUT_STATE_CONFLICT` (it came back or was rejected), `MAIN_ACCOUNT_UNKNOWN`, `TASK_REUSED`,
 *   `POSTING_REFUSED`, or of the booking rules.
 */
export async function reservePayout(
  dependencies: Dependencies,
  order: PayoutOrder,
  workflowId: string,
): Promise<PayoutReserved | Refusal> {
  const { payoutId: taskKey, mainAccountId } = order;
  const amount = fromWire(order.amount);
  if (isRefusal(amount)) return amount;
  const { database } = dependencies;
  const numbered = await withTransaction(database, (tx) =>
    numberTask(tx, { mainAccountId, taskKey }),
  );
  if (isRefusal(numbered)) return numbered;
  return orRefusal(
    withTransaction(database, (tx) => reserve(tx, dependencies, { order, amount, workflowId })),
  );
}

interface Reservation {
  readonly order: PayoutOrder;
  readonly amount: Money;
  readonly workflowId: string;
}

async function reserve(
  tx: Tx,
  { program, rail }: Dependencies,
  { order, amount, workflowId }: Reservation,
): Promise<PayoutReserved> {
  const { payoutId: id, sellerId, mainAccountId, reference } = order;
  const payout = newPayout(rail, { id, sellerId, amount, reference });
  const created = answerOrLeave(await createPayout(tx, { ...payout, workflowId }));
  if (created === 'created') await requireOwed(tx, payout);
  const routed = await routeTask(tx, {
    mainAccountId,
    taskKey: id,
    amountMinor: amount.minor,
    balances: ledgerBalances(tx),
  });
  if (isRefusal(routed)) return lackFunds(tx, id, routed, workflowId);
  if (routed.kind !== 'routed') return routed;
  const { parts, sequence } = routed;
  const subAccounts = parts.map(({ account }) => account);
  const reason = `on ${subAccounts.join(', ')}`;
  const reserved = answerOrLeave(
    await recordTransition(tx, { id, event: 'reserve', reason, workflowId }),
  );
  if (reserved.changed) {
    await postBookings(tx, program, reservationOf(reserved.payout, mainAccountId, parts));
  }
  return { kind: 'reserved', sequence: sequence.toString(), subAccounts };
}

/** What nobody is owed must not wait for money: it would keep what is owed from being planned. */
async function requireOwed(tx: Tx, { id, sellerId, amount }: NewPayout): Promise<void> {
  const code = accountCodes.payable(sellerId);
  const owed = money((await readBalances(tx, [code])).get(code) ?? 0n, amount.currency);
  if (owed.minor >= amount.minor) return;
  refuseAll(
    refuse(
      'PAYOUT_NOT_OWED',
      `seller ${sellerId} is owed ${formatMoney(owed)}, less than the ${formatMoney(amount)} of ` +
        `payout ${id}: plan again`,
      { payoutId: id, sellerId, owed: formatAmount(owed), amount: formatAmount(amount) },
    ),
  );
}

/** A payout that the main account cannot cover waits for money, in plain sight. */
async function lackFunds(
  tx: Tx,
  id: string,
  refusal: Refusal,
  workflowId: string,
): Promise<PayoutReserved> {
  if (refusal.code !== 'INSUFFICIENT_BALANCE') return refuseAll(refusal);
  const { message } = refusal;
  answerOrLeave(
    await recordTransition(tx, { id, event: 'lack-funds', reason: message, workflowId }),
  );
  return { kind: 'awaiting-funds', message };
}
