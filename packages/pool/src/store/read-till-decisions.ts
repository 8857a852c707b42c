import type { Queryable } from '@sluice/database';

/** What became of the redemptions of a pool that came with a till's decision. */
export interface TillReport {
  /** So many of them are settled. */
  readonly decided: number;
  /** Decided by the server as by the till. */
  readonly same: number;
  /** Not the same, or not to be compared: they wait for somebody to look. */
  readonly parked: number;
}

/** Counts the settled redemptions of a pool that came with a till's decision. */
export async function countTillDecisions(
  queryable: Queryable,
  poolId: string,
): Promise<TillReport> {
  const [counted] = await queryable.query<TillReport>(
    `select count(*)::integer as decided,
       (count(*) filter (where explanation ->> 'till' = 'same'))::integer as same,
       (count(*) filter (where status = 'parked'
         and explanation ->> 'till' is distinct from 'same'))::integer as parked
     from pool.outcome
     join pool.redemption on redemption.id = outcome.redemption_id
     where outcome.pool_id = $1 and till_decision is not null`,
    [poolId],
  );
  return counted ?? { decided: 0, same: 0, parked: 0 };
}

/**
 * The tills' decisions that were recorded with redemptions, by redemption id: null where one was
 * recorded without; nothing for one that was never recorded.
 */
export async function readTillDecisions(
  queryable: Queryable,
  redemptionIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  // Plans are made once: one for an empty table would go through all of a full one. This looks each
  // id up whatever the table is like.
  const rows = await queryable.query<{ id: string; till_decision: string | null }>(
    `select found.id, found.till_decision
     from unnest($1::text[]) as asked (id)
     cross join lateral (
       select id, till_decision from pool.redemption where redemption.id = asked.id limit 1
     ) as found`,
    [redemptionIds],
  );
  return new Map(rows.map((row) => [row.id, row.till_decision]));
}
