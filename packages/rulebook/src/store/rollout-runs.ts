import type { Queryable, Tx } from '@sluice/database';

/** What a rollout's candidate did beside its base, in one currency. */
export interface RolloutMoney {
  readonly currency: string;
  /** What the candidate gave more, in minor units; less is below zero. */
  readonly differenceMinor: bigint;
  /** The same without sign, run by run. */
  readonly movedMinor: bigint;
}

/** How often base and candidate were compared, and what came of it. */
export interface RolloutRuns {
  readonly runs: number;
  readonly disagreements: number;
  /** Runs that the candidate could not tell, though the base could. */
  readonly failures: number;
  readonly money: readonly RolloutMoney[];
}

/** Runs that were decided in one transaction. */
export interface RolloutObservation extends RolloutRuns {
  readonly rolloutId: string;
  readonly step: number;
  /** Receipt of the first of them. */
  readonly firstKey: string;
  readonly workflowId: string;
}

/**
 * Counts runs, in the transaction that settles them: so each is counted once, whoever else sees it.
 *
 * @throws the database's error for runs of which the first was counted before, a bug of the caller.
 */
export async function recordRolloutRuns(
  tx: Tx,
  { rolloutId, step, firstKey, workflowId, money, ...counts }: RolloutObservation,
): Promise<void> {
  await tx.query(
    `insert into rulebook.rollout_observation
       (rollout_id, step, first_key, workflow_id, runs, disagreements, failures,
        currencies, difference_minor, moved_minor)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text[], $9::bigint[], $10::bigint[])`,
    [
      ...[rolloutId, step, firstKey, workflowId],
      ...[counts.runs, counts.disagreements, counts.failures],
      money.map(({ currency }) => currency),
      money.map(({ differenceMinor }) => differenceMinor.toString()),
      money.map(({ movedMinor }) => movedMinor.toString()),
    ],
  );
}

interface SumRow {
  readonly runs: bigint;
  readonly disagreements: bigint;
  readonly failures: bigint;
  readonly money: readonly {
    readonly currency: string;
    readonly difference: string;
    readonly moved: string;
  }[];
}

/** What was counted in one step of a rollout so far; money in the order of its currencies. */
export async function sumRolloutRuns(
  queryable: Queryable,
  { rolloutId, step }: { readonly rolloutId: string; readonly step: number },
): Promise<RolloutRuns> {
  const [sums] = await queryable.query<SumRow>(
    `with seen as materialized (
       select runs, disagreements, failures, currencies, difference_minor, moved_minor
       from rulebook.rollout_observation
       where rollout_id = $1 and step = $2
     ), by_currency as (
       select part.currency, sum(part.difference)::text as difference,
         sum(part.moved)::text as moved
       from seen, unnest(currencies, difference_minor, moved_minor)
         as part (currency, difference, moved)
       group by part.currency
     )
     select coalesce(sum(runs), 0)::bigint as runs,
       coalesce(sum(disagreements), 0)::bigint as disagreements,
       coalesce(sum(failures), 0)::bigint as failures,
       (select coalesce(jsonb_agg(by_currency order by currency collate "C"), '[]')
        from by_currency) as money
     from seen`,
    [rolloutId, step],
  );
  if (sums === undefined) throw new Error('sums always give a row');
  return {
    runs: Number(sums.runs),
    disagreements: Number(sums.disagreements),
    failures: Number(sums.failures),
    money: sums.money.map(({ currency, difference, moved }) => ({
      currency,
      differenceMinor: BigInt(difference),
      movedMinor: BigInt(moved),
    })),
  };
}
