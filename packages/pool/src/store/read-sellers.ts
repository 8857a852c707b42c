import type { Queryable } from '@sluice/database';

/** What one seller was paid from a pool, in minor units, and by whom. */
export interface TopSeller {
  readonly sellerId: string;
  readonly redemptions: number;
  readonly subsidyMinor: bigint;
  /** The largest first; adds up to the subsidy. */
  readonly bySource: readonly { readonly sourceId: string; readonly amountMinor: bigint }[];
  /** What the pool was sized for; null for a seller that had no forecast. */
  readonly expectedMinor: bigint | null;
}

/** What one source paid one seller for one kind of discount, in one pool. */
export interface SellerFunding {
  readonly poolId: string;
  readonly currency: string;
  readonly sourceId: string;
  readonly kind: string;
  readonly redemptions: number;
  readonly amountMinor: bigint;
}

/** The sellers that were paid most from a pool, the largest first, with who funded them. */
export async function readTopSellers(
  queryable: Queryable,
  poolId: string,
  limit: number,
): Promise<readonly TopSeller[]> {
  const sellers = await queryable.query<Omit<TopSeller, 'bySource'>>(
    `select outcome.seller_id as "sellerId", count(*)::integer as redemptions,
       sum(outcome.subsidy_minor)::bigint as "subsidyMinor",
       min(forecast.expected_minor) as "expectedMinor"
     from pool.outcome
     left join pool.forecast
       on forecast.pool_id = outcome.pool_id and forecast.seller_id = outcome.seller_id
     where outcome.pool_id = $1 and outcome.status = 'paid'
     group by outcome.seller_id
     order by sum(outcome.subsidy_minor) desc, outcome.seller_id
     limit $2`,
    [poolId, limit],
  );
  const shares = await queryable.query<{ sellerId: string; sourceId: string; amount: bigint }>(
    `select outcome.seller_id as "sellerId", line.source_id as "sourceId",
       sum(line.amount_minor)::bigint as amount
     from pool.outcome
     join pool.draw_line line on line.redemption_id = outcome.redemption_id
     where outcome.pool_id = $1 and outcome.seller_id = any($2)
     group by outcome.seller_id, line.source_id
     order by amount desc, line.source_id`,
    [poolId, sellers.map(({ sellerId }) => sellerId)],
  );
  const sharesOf = Map.groupBy(shares, ({ sellerId }) => sellerId);
  return sellers.map((seller) => ({
    ...seller,
    bySource: (sharesOf.get(seller.sellerId) ?? []).map(({ sourceId, amount }) => {
      return { sourceId, amountMinor: amount };
    }),
  }));
}

/** Who funded one seller's discounts, over all pools: the ground of its statement. */
export function readSellerFunding(
  queryable: Queryable,
  sellerId: string,
): Promise<readonly SellerFunding[]> {
  return queryable.query<SellerFunding>(
    `select outcome.pool_id as "poolId", pool.currency, line.source_id as "sourceId", line.kind,
       count(distinct line.redemption_id)::integer as redemptions,
       sum(line.amount_minor)::bigint as "amountMinor"
     from pool.outcome
     join pool.pool on pool.id = outcome.pool_id
     join pool.draw_line line on line.redemption_id = outcome.redemption_id
     where outcome.seller_id = $1
     group by outcome.pool_id, pool.currency, line.source_id, line.kind
     order by outcome.pool_id, line.source_id, line.kind`,
    [sellerId],
  );
}
