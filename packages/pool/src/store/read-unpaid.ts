import type { Queryable } from '@sluice/database';
import type { Outcome } from './outcome.ts';

/** A redemption that was decided and not paid. */
export interface Unpaid {
  readonly redemptionId: string;
  readonly status: Exclude<Outcome['status'], 'paid'>;
}

/**
 * Redemptions that were refused or parked, of all pools, in the order of their ids, page by page.
 *
 * @param page `after` is the last id of the page before, empty for the first page.
 */
export async function readUnpaid(
  queryable: Queryable,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly Unpaid[]> {
  return queryable.query<Unpaid & Record<string, unknown>>(
    `select redemption_id as "redemptionId", status
     from pool.outcome
     where status <> 'paid' and redemption_id > $1
     order by redemption_id
     limit $2`,
    [after, limit],
  );
}
