import type { Tx } from '@sluice/database';
import { refuse } from '@sluice/money';
import { listPayouts, type Payout, type PayoutStatus } from '@sluice/payout';
import { refuseAll } from './refuse-all.ts';

const maxListed = 100_000;

/**
 * All payouts of a status; not the paid ones, whose number only grows. Leaves the transaction with
 * `PAYOUTS_TOO_MANY` rather than giving a part of them.
 */
export async function listUnpaid(
  tx: Tx,
  status: Exclude<PayoutStatus, 'paid'>,
): Promise<readonly Payout[]> {
  const payouts = await listPayouts(tx, { status, limit: maxListed });
  if (payouts.length < maxListed) return payouts;
  return refuseAll(
    refuse(
      'PAYOUTS_TOO_MANY',
      `${maxListed} payouts or more are ${status}: a plan that does not see them all could count ` +
        'money twice; bring them to their end first',
      { status, limit: maxListed },
    ),
  );
}
