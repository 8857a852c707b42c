import type { Queryable } from '@sluice/database';

/** An account's code with what it holds, in minor units. */
export interface ListedBalance {
  readonly code: string;
  readonly balanceMinor: bigint;
}

/**
 * All accounts whose code begins with a prefix, such as `payable/`, in the order of their codes.
 */
export function listBalances(
  q: Queryable,
  { prefix }: { readonly prefix: string },
): Promise<readonly ListedBalance[]> {
  return q.query<ListedBalance>(
    `select code, balance_minor as "balanceMinor" from ledger.account
     where starts_with(code, $1) order by code collate "C"`,
    [prefix],
  );
}
