import type { Queryable } from '@sluice/database';

/** The fee that the platform kept of one redemption, with what it was booked by. */
export interface RecordedFee {
  readonly redemptionId: string;
  readonly poolId: string;
  readonly sellerId: string;
  /** ISO 8601, in UTC. */
  readonly redeemedAt: string;
  /** In minor units, above zero. */
  readonly amountMinor: bigint;
  /** Of the pool. */
  readonly currency: string;
}

/** A page of fees. */
export interface FeePage {
  /** The last redemption of the page before; null for the first page. */
  readonly after: Pick<RecordedFee, 'redemptionId'> | null;
  readonly limit: number;
}

/** What the platform kept of one seller's subsidies, or of everybody's, in one pool. */
export interface FeeSum {
  readonly poolId: string;
  readonly currency: string;
  /** Of how many redemptions. */
  readonly redemptions: number;
  readonly amountMinor: bigint;
}

interface FeeRow extends Omit<RecordedFee, 'redeemedAt'> {
  readonly redeemedAt: Date;
}

/** Fees of all pools in the order of redemption ids, page by page, so that memory stays flat. */
export async function readFees(
  queryable: Queryable,
  { after, limit }: FeePage,
): Promise<readonly RecordedFee[]> {
  const rows = await queryable.query<FeeRow>(
    `with page as materialized (
       select redemption_id, pool_id, seller_id, platform_fee_minor
       from pool.outcome
       where redemption_id > $1 and platform_fee_minor > 0
       order by redemption_id
       limit $2
     )
     select page.redemption_id as "redemptionId", page.pool_id as "poolId",
       page.seller_id as "sellerId", redemption.redeemed_at as "redeemedAt",
       page.platform_fee_minor as "amountMinor", pool.currency
     from page
     join pool.redemption on redemption.id = page.redemption_id
     join pool.pool on pool.id = page.pool_id
     order by page.redemption_id`,
    [after?.redemptionId ?? '', limit],
  );
  return rows.map((row) => ({ ...row, redeemedAt: row.redeemedAt.toISOString() }));
}

/**
 * What the platform kept, pool by pool; a pool without a fee is not in it.
 *
 * @param sellerId of this seller alone; of all of them when absent.
 */
export function sumFees(queryable: Queryable, sellerId?: string): Promise<readonly FeeSum[]> {
  return queryable.query<FeeSum>(
    `select outcome.pool_id as "poolId", pool.currency, count(*)::integer as redemptions,
       sum(outcome.platform_fee_minor)::bigint as "amountMinor"
     from pool.outcome
     join pool.pool on pool.id = outcome.pool_id
     where outcome.platform_fee_minor > 0 and ($1::text is null or outcome.seller_id = $1)
     group by outcome.pool_id, pool.currency
     order by outcome.pool_id`,
    [sellerId ?? null],
  );
}
