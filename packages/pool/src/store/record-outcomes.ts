import { RetryTransactionError, type Tx } from '@sluice/database';
import type { PoolFunds } from '../domain/pool-funds.ts';
import type { Outcome } from './outcome.ts';

/** Decided redemptions of one pool. */
export interface OutcomeRecord {
  /** As `evaluateDraws` returned them: after the draws of exactly these outcomes. */
  readonly funds: PoolFunds;
  readonly outcomes: readonly Outcome[];
  /** The workflow that decided, so that every effect leads to it. */
  readonly workflowId: string;
}

/**
 * Records what came of redemptions, in the transaction that holds {@link lockFunds}: outcomes,
 * draw lines, and what the mandates and the pool have drawn. Three statements, whatever the number.
 *
 * @throws RetryTransactionError when one was decided before: run again, its receipt answers.
 * @throws Error when funds and outcomes do not belong together, or a redemption is not of this
 * pool: the transaction must not commit.
 */
export async function recordOutcomes(tx: Tx, record: OutcomeRecord): Promise<void> {
  const { funds, outcomes } = record;
  if (outcomes.length === 0) return;
  checkOutcomes(outcomes);
  await insertOutcomes(tx, record);
  const drawnBySource = await insertLines(tx, outcomes);
  if (drawnBySource.size > 0) await moveDrawn(tx, funds, drawnBySource);
}

function checkOutcomes(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) checkOutcome(outcome);
  if (new Set(outcomes.map(({ redemptionId }) => redemptionId)).size < outcomes.length) {
    throw new Error('a redemption is named twice: each ends exactly once');
  }
}

function checkOutcome(outcome: Outcome): void {
  const { redemptionId, status, refusal, subsidyMinor, platformFeeMinor, lines } = outcome;
  const drawn = lines.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  const expected = status === 'paid' ? subsidyMinor : 0n;
  if (drawn !== expected || (status === 'paid') !== (refusal === null)) {
    throw new Error(
      `redemption ${redemptionId} is ${status} with lines of ${drawn}, a subsidy of ` +
        `${subsidyMinor} and ${refusal === null ? 'no' : 'a'} reason: these do not go together`,
    );
  }
  if (platformFeeMinor < 0n || platformFeeMinor > expected) {
    throw new Error(
      `redemption ${redemptionId} is ${status} with a subsidy of ${subsidyMinor} and a fee of ` +
        `${platformFeeMinor}: a fee is part of what was paid`,
    );
  }
}

async function insertOutcomes(
  tx: Tx,
  { funds, outcomes, workflowId }: OutcomeRecord,
): Promise<void> {
  const inserted = await tx.query<{ redemption_id: string }>(
    `with item as materialized (
       select *
       from unnest($3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bigint[], $8::bigint[],
         $9::bigint[], $10::jsonb[]) with ordinality as item
         (redemption_id, status, refusal_code, refusal, discount_minor, subsidy_minor,
          platform_fee_minor, explanation, place)
     )
     insert into pool.outcome (redemption_id, pool_id, seller_id, status, refusal_code, refusal,
       discount_minor, subsidy_minor, platform_fee_minor, explanation, workflow_id)
     select item.redemption_id, redemption.pool_id, redemption.seller_id, item.status,
       item.refusal_code, item.refusal, item.discount_minor, item.subsidy_minor,
       item.platform_fee_minor, item.explanation, $2
     from item
     join pool.redemption on redemption.id = item.redemption_id and redemption.pool_id = $1
     order by item.place
     on conflict (redemption_id) do nothing
     returning redemption_id`,
    [
      funds.poolId,
      workflowId,
      outcomes.map(({ redemptionId }) => redemptionId),
      outcomes.map(({ status }) => status),
      outcomes.map(({ refusal }) => refusal?.code ?? null),
      outcomes.map(({ refusal }) => (refusal === null ? null : JSON.stringify(refusal))),
      outcomes.map(({ discountMinor }) => discountMinor),
      outcomes.map(({ subsidyMinor }) => subsidyMinor),
      outcomes.map(({ platformFeeMinor }) => platformFeeMinor),
      outcomes.map(({ explanation }) => JSON.stringify(explanation)),
    ],
  );
  if (inserted.length === outcomes.length) return;
  const written = new Set(inserted.map(({ redemption_id }) => redemption_id));
  const missing = outcomes.map(({ redemptionId }) => redemptionId).filter((id) => !written.has(id));
  await explainMissing(tx, funds.poolId, missing);
}

/** Only on the way to an error: decided before, or not of this pool at all. */
async function explainMissing(tx: Tx, poolId: string, missing: readonly string[]): Promise<never> {
  const decided = await tx.query<{ redemption_id: string }>(
    'select redemption_id from pool.outcome where redemption_id = any($1) limit 1',
    [missing],
  );
  const [first] = decided;
  if (first !== undefined) {
    throw new RetryTransactionError(`redemption ${first.redemption_id} was decided before`);
  }
  throw new Error(`pool ${poolId} has no such redemptions: ${missing.join(', ')}`);
}

async function insertLines(
  tx: Tx,
  outcomes: readonly Outcome[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = outcomes.flatMap(({ redemptionId, lines }) =>
    lines.map((line) => ({ redemptionId, ...line })),
  );
  const drawnBySource = new Map<string, bigint>();
  for (const { sourceId, amountMinor } of rows) {
    drawnBySource.set(sourceId, (drawnBySource.get(sourceId) ?? 0n) + amountMinor);
  }
  if (rows.length === 0) return drawnBySource;
  await tx.query(
    `insert into pool.draw_line (redemption_id, line, source_id, kind, amount_minor)
     select * from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::bigint[])`,
    [
      rows.map(({ redemptionId }) => redemptionId),
      rows.map(({ line }) => line),
      rows.map(({ sourceId }) => sourceId),
      rows.map(({ kind }) => kind),
      rows.map(({ amountMinor }) => amountMinor),
    ],
  );
  return drawnBySource;
}

/**
 * Sets what was drawn, but only from exactly what it was before these lines: stale funds, or funds
 * that count other draws, change no row and are found out.
 */
async function moveDrawn(
  tx: Tx,
  funds: PoolFunds,
  drawnBySource: ReadonlyMap<string, bigint>,
): Promise<void> {
  const total = [...drawnBySource.values()].reduce((left, right) => left + right, 0n);
  const touched = [...drawnBySource.keys()];
  const after = new Map(funds.mandates.map(({ source, drawnMinor }) => [source.id, drawnMinor]));
  const [moved] = await tx.query<{ mandates: number; pools: number }>(
    `with moved_mandate as (
       update pool.mandate set drawn_minor = item.after_minor
       from unnest($2::text[], $3::bigint[], $4::bigint[])
         as item (source_id, added_minor, after_minor)
       where mandate.pool_id = $1 and mandate.source_id = item.source_id
         and mandate.drawn_minor = item.after_minor - item.added_minor
       returning 1
     ), moved_pool as (
       update pool.pool set drawn_minor = $6
       where id = $1 and state = 'open' and drawn_minor = $6 - $5::bigint
       returning 1
     )
     select (select count(*)::integer from moved_mandate) as mandates,
       (select count(*)::integer from moved_pool) as pools`,
    [
      funds.poolId,
      touched,
      touched.map((id) => drawnBySource.get(id) ?? 0n),
      touched.map((id) => after.get(id) ?? null),
      total,
      funds.drawnMinor,
    ],
  );
  if (moved?.mandates !== touched.length || moved.pools !== 1) {
    throw new Error(
      `pool ${funds.poolId}: funds and outcomes do not belong together; ` +
        'lock the funds, evaluate, and record what was evaluated, all in one transaction',
    );
  }
}
