import type { Queryable } from '@sluice/database';
import type { Redemption } from '../domain/redemption.ts';

/** A redemption with its place in the intake. */
export type RecordedRedemption = Redemption & { readonly sequence: bigint };

/** One page of a batch. */
export interface RedemptionPage {
  readonly batchId: string;
  /** The last sequence of the page before; 0n for the first page. */
  readonly afterSequence: bigint;
  readonly limit: number;
}

interface RedemptionRow {
  readonly id: string;
  readonly pool_id: string;
  readonly sequence: bigint;
  readonly seller_id: string;
  readonly user_id: string;
  readonly product_id: string;
  readonly brand_id: string | null;
  readonly quantity: number;
  readonly redeemed_at: Date;
  readonly currency: string;
  readonly paid_minor: bigint;
  readonly coupon_value_minor: bigint;
  readonly loyalty_discount_minor: bigint;
  readonly recorded_match_minor: bigint | null;
  readonly till_decision: string | null;
}

const columns = `id, pool_id, sequence, seller_id, user_id, product_id, brand_id, quantity,
  redeemed_at, currency, paid_minor, coupon_value_minor, loyalty_discount_minor,
  recorded_match_minor, till_decision`;

/**
 * One page of a batch in the order of intake, decided or not; empty after the last. A batch that
 * one writer after the other fills never shows a row before one that this reader has passed;
 * several writers at once could, so read theirs when the last has committed.
 */
export async function readRedemptions(
  queryable: Queryable,
  { batchId, afterSequence, limit }: RedemptionPage,
): Promise<readonly RecordedRedemption[]> {
  const rows = await queryable.query<RedemptionRow>(
    `select ${columns} from pool.redemption
     where batch_id = $1 and sequence > $2 order by sequence limit $3`,
    [batchId, afterSequence, limit],
  );
  return rows.map(toRedemption);
}

/** One redemption with its pool, or null when there is none of this id. */
export async function readRedemption(
  queryable: Queryable,
  id: string,
): Promise<(RecordedRedemption & { readonly poolId: string }) | null> {
  const [row] = await queryable.query<RedemptionRow>(
    `select ${columns} from pool.redemption where id = $1`,
    [id],
  );
  return row === undefined ? null : { ...toRedemption(row), poolId: row.pool_id };
}

/** A redemption as it stands, with the hash of what was acknowledged. */
export interface AcknowledgedRedemption {
  readonly redemption: Redemption;
  readonly poolId: string;
  readonly bodyHash: string;
}

/**
 * Redemptions of all pools in the order of their ids, page by page.
 *
 * @param page `after` is the last id of the page before, empty for the first page.
 */
export async function readAcknowledged(
  queryable: Queryable,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly AcknowledgedRedemption[]> {
  const rows = await queryable.query<RedemptionRow & { readonly body_hash: string }>(
    `select ${columns}, body_hash from pool.redemption where id > $1 order by id limit $2`,
    [after, limit],
  );
  return rows.map((row) => ({
    redemption: bodyOf(row),
    poolId: row.pool_id,
    bodyHash: row.body_hash,
  }));
}

function toRedemption(row: RedemptionRow): RecordedRedemption {
  return { ...bodyOf(row), sequence: row.sequence };
}

function bodyOf(row: RedemptionRow): Redemption {
  return {
    id: row.id,
    sellerId: row.seller_id,
    userId: row.user_id,
    productId: row.product_id,
    brandId: row.brand_id,
    quantity: row.quantity,
    redeemedAt: row.redeemed_at.toISOString(),
    currency: row.currency,
    paidMinor: row.paid_minor,
    couponValueMinor: row.coupon_value_minor,
    loyaltyDiscountMinor: row.loyalty_discount_minor,
    recordedMatchMinor: row.recorded_match_minor,
    tillDecision: row.till_decision,
  };
}
