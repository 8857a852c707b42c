import type { Queryable, Tx } from '@sluice/database';
import type { UsageHistory } from '../domain/usage-forecast.ts';

/** What one seller was subsidised in one past week. */
export interface WeeklyUsage {
  readonly sellerId: string;
  /** First day of the week, `YYYY-MM-DD`. */
  readonly weekStart: string;
  readonly currency: string;
  /** In minor units, 0 or more. */
  readonly subsidyMinor: bigint;
}

/** Which part of the history a forecast looks at. */
export interface UsageWindow {
  readonly currency: string;
  /** Only weeks that began before this day, `YYYY-MM-DD`. */
  readonly before: string;
  /** At most so many weeks, the last ones. */
  readonly weeks: number;
}

/** Records past weeks; one that is recorded stays as it is, so it is safe to repeat. */
export async function recordUsage(tx: Tx, usage: readonly WeeklyUsage[]): Promise<void> {
  await tx.query(
    `insert into pool.usage (seller_id, week_start, currency, subsidy_minor)
     select seller_id, week_start, currency, subsidy_minor
     from unnest($1::text[], $2::date[], $3::text[], $4::bigint[])
       as fresh (seller_id, week_start, currency, subsidy_minor)
     order by currency, week_start, seller_id
     on conflict (currency, week_start, seller_id) do nothing`,
    [
      usage.map(({ sellerId }) => sellerId),
      usage.map(({ weekStart }) => weekStart),
      usage.map(({ currency }) => currency),
      usage.map(({ subsidyMinor }) => subsidyMinor),
    ],
  );
}

/**
 * The history of every seller that was subsidised in the window: one amount per recorded week,
 * oldest first, 0 where the seller had none.
 */
export async function readUsage(
  queryable: Queryable,
  { currency, before, weeks }: UsageWindow,
): Promise<readonly UsageHistory[]> {
  const rows = await queryable.query<{ sellerId: string; weeklyMinor: readonly string[] }>(
    `with week as (
       select distinct week_start from pool.usage
       where currency = $1 and week_start < $2
       order by week_start desc limit $3
     ), seller as (
       select distinct seller_id from pool.usage
       where currency = $1 and week_start in (select week_start from week)
     )
     select seller.seller_id as "sellerId",
       array_agg(coalesce(usage.subsidy_minor, 0)::text order by week.week_start) as "weeklyMinor"
     from seller
     cross join week
     left join pool.usage
       on usage.currency = $1 and usage.week_start = week.week_start
       and usage.seller_id = seller.seller_id
     group by seller.seller_id
     order by seller.seller_id`,
    [currency, before, weeks],
  );
  return rows.map(({ sellerId, weeklyMinor }) => ({
    sellerId,
    weeklyMinor: weeklyMinor.map(BigInt),
  }));
}
