import type { Queryable } from '@sluice/database';

/** A draw line with what of its redemption and its pool it was booked by. */
export interface RecordedDraw {
  readonly redemptionId: string;
  /** 1, 2, ... within the redemption. */
  readonly line: number;
  readonly poolId: string;
  readonly sellerId: string;
  readonly sourceId: string;
  readonly kind: string;
  /** ISO 8601, in UTC. */
  readonly redeemedAt: string;
  /** In minor units. */
  readonly amountMinor: bigint;
  /** Of the pool. */
  readonly currency: string;
}

/** A page of draw lines. */
export interface DrawPage {
  /** The last line of the page before; null for the first page. */
  readonly after: Pick<RecordedDraw, 'redemptionId' | 'line'> | null;
  readonly limit: number;
}

interface DrawRow extends Omit<RecordedDraw, 'redeemedAt'> {
  readonly redeemedAt: Date;
}

/** How many draw lines there are, of all pools. */
export async function countDraws(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ draws: number }>(
    'select count(*)::integer as draws from pool.draw_line',
  );
  return row?.draws ?? 0;
}

/**
 * Draw lines of all pools in the order of their key, page by page: memory stays flat, and a line
 * that was there when one began is read once.
 */
export async function readDraws(
  queryable: Queryable,
  { after, limit }: DrawPage,
): Promise<readonly RecordedDraw[]> {
  const rows = await queryable.query<DrawRow>(
    `with page as materialized (
       select redemption_id, line, source_id, kind, amount_minor
       from pool.draw_line
       where (redemption_id, line) > ($1, $2)
       order by redemption_id, line
       limit $3
     )
     select page.redemption_id as "redemptionId", page.line, redemption.pool_id as "poolId",
       redemption.seller_id as "sellerId", page.source_id as "sourceId", page.kind,
       redemption.redeemed_at as "redeemedAt", page.amount_minor as "amountMinor", pool.currency
     from page
     join pool.redemption on redemption.id = page.redemption_id
     join pool.pool on pool.id = redemption.pool_id
     order by page.redemption_id, page.line`,
    [after?.redemptionId ?? '', after?.line ?? 0, limit],
  );
  return rows.map((row) => ({ ...row, redeemedAt: row.redeemedAt.toISOString() }));
}
