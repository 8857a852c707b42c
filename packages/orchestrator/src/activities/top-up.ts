import type { Tx } from '@sluice/database';
import { listBalances } from '@sluice/ledger';
import { money, type Money } from '@sluice/money';
import { routeDeposit } from '@sluice/settlement';
import { activityInfo } from '@temporalio/activity';
import { isSubAccount, settlementPrefix, subAccountParameters } from './account-codes.ts';
import { ledgerBalances } from './ledger-balances.ts';
import { postBookings } from './post-bookings.ts';
import type { Program } from './program.ts';
import { answerOrLeave } from './refuse-all.ts';
import { tryLater } from './try-later.ts';

/**
 * Puts money from the treasury into a main account until its sub-accounts hold `needed` together.
 * The caller's lock keeps two of them from filling the same gap.
 *
 * @returns what was missing, and is there now.
 */
export async function topUp(
  tx: Tx,
  program: Program,
  request: {
    readonly mainAccountId: string;
    readonly runId: string;
    readonly needed: Money;
  },
): Promise<Money> {
  const { mainAccountId, runId, needed } = request;
  const { currency } = needed;
  const heldMinor = await heldBy(tx, mainAccountId);
  if (needed.minor <= heldMinor) return money(0n, currency);
  const missing = money(needed.minor - heldMinor, currency);
  const deposit = answerOrLeave(
    await routeDeposit(tx, {
      mainAccountId,
      amountMinor: missing.minor,
      balances: ledgerBalances(tx),
    }),
  );
  if (deposit.kind === 'wait') throw tryLater(deposit.waitMs);
  // The same for every attempt of this activity.
  const at = new Date(activityInfo().scheduledTimestampMs).toISOString();
  const bookings = deposit.parts.map(({ account, amountMinor }) => ({
    type: 'settlement.top-up',
    key: `top-up:${mainAccountId}:${runId}:${at}:${account}`,
    reference: runId,
    at,
    parameters: { currency, ...subAccountParameters(account) },
    amounts: { part: money(amountMinor, currency) },
  }));
  await postBookings(tx, program, bookings);
  return missing;
}

/** Over all generations, as of one moment: a redistribution that is under way changes no total. */
async function heldBy(tx: Tx, mainAccountId: string): Promise<bigint> {
  const accounts = await listBalances(tx, { prefix: settlementPrefix(mainAccountId) });
  return accounts
    .filter(({ code }) => isSubAccount(code))
    .reduce((total, { balanceMinor }) => total + balanceMinor, 0n);
}
