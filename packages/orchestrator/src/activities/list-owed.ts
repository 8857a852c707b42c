import type { Tx } from '@sluice/database';
import { listBalances, openAccounts } from '@sluice/ledger';
import { isRefusal, type Currency } from '@sluice/money';
import type { Payout } from '@sluice/payout';
import { payableAccount, payablePrefix } from './account-codes.ts';

/** What a seller is owed and no payout will take, in minor units above zero. */
export interface Owed {
  readonly sellerId: string;
  readonly minor: bigint;
}

/**
 * What every seller is owed in a currency beyond the payouts that wait to take their part of it, in
 * the order of sellers' codes.
 */
export async function listOwed(
  tx: Tx,
  currency: Currency,
  waiting: readonly Payout[],
): Promise<readonly Owed[]> {
  const waitingMinor = new Map<string, bigint>();
  for (const { sellerId, amount } of waiting) {
    waitingMinor.set(sellerId, (waitingMinor.get(sellerId) ?? 0n) + amount.minor);
  }
  const balances = await listBalances(tx, { prefix: payablePrefix });
  const owed = balances
    .map(({ code, balanceMinor }) => {
      const sellerId = code.slice(payablePrefix.length);
      return { sellerId, minor: balanceMinor - (waitingMinor.get(sellerId) ?? 0n) };
    })
    .filter(({ minor }) => minor > 0n);
  // The ledger tells the currency of a payable by refusing to open it in another one.
  const answers = await openAccounts(
    tx,
    owed.map(({ sellerId }) => payableAccount(sellerId, currency)),
  );
  return owed.filter((_, index) => !isRefusal(answers[index]));
}
