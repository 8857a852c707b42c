import type { AccountBalance } from '../domain/plan-redistribution.ts';

/**
 * What settlement needs of the ledger: what sub-accounts can give now. Bound to the caller's
 * transaction, so that it sees that transaction's own postings and all that committed before.
 */
export interface Balances {
  /** The balances of these accounts in minor units, in this order. Throws for an unknown one. */
  read(accounts: readonly string[]): Promise<readonly bigint[]>;
}

/** Reads balances with their codes; an answer that no ledger can give is a bug and throws. */
export async function readAccounts(
  balances: Balances,
  codes: readonly string[],
): Promise<readonly AccountBalance[]> {
  const amounts = await balances.read(codes);
  if (amounts.length !== codes.length) {
    throw new Error(`${codes.length} balances were asked for, but ${amounts.length} came back`);
  }
  return codes.map((code, index) => {
    const balanceMinor = amounts[index] ?? 0n;
    if (balanceMinor < 0n) throw new Error(`${code} holds ${balanceMinor}, below its floor of 0`);
    return { code, balanceMinor };
  });
}
