import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@sluice/database';

/** What was recorded after the last seal, as far as it can be seen. */
export interface Unsealed {
  readonly newestNs: bigint;
  /** How old the oldest of it is. */
  readonly lagMs: number;
}

/**
 * What is still to be sealed; null when there is nothing. An upper bound tells the planner that a
 * small part of the table is asked for.
 */
export async function readUnsealed(database: Database, afterNs: bigint): Promise<Unsealed | null> {
  const [row] = await database.query<{ newest_ns: bigint | null; lag_ms: bigint }>(
    `select max(recorded_ns) as newest_ns,
       (extract(epoch from clock_timestamp()) * 1000)::bigint - min(recorded_ns) / 1000000 as lag_ms
     from ledger.transfer where recorded_ns > $1 and recorded_ns <= 9223372036854775807`,
    [afterNs],
  );
  if (row === undefined || row.newest_ns === null) return null;
  return { newestNs: row.newest_ns, lagMs: Math.max(0, Number(row.lag_ms)) };
}

/**
 * Announces that nothing more is recorded at or below a bound, and waits for those who may not have
 * heard it. Each statement has to stand by itself, so this takes a database and no transaction.
 *
 * A writer locks its accounts, and by that has a transaction id, before the statement in which it
 * reads the highest announcement. Either that statement began after ours was committed: then the
 * writer records above it. Or it began before: then the writer's id is lower than the one that we
 * take afterwards, and we wait until no transaction with a lower id is under way. Savepoints have
 * higher ids than their transaction, prepared transactions stay under way, and of one that is
 * rolled back nothing is seen. Transactions that write nothing have no id and delay nobody.
 *
 * @returns whether everybody came to an end in time.
 */
export async function closeBound(
  database: Database,
  throughNs: bigint,
  waitMs: number,
): Promise<boolean> {
  await database.query(
    'insert into ledger.seal_bound (through_ns) values ($1) on conflict do nothing',
    [throughNs],
  );
  const [fence] = await database.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
  const endMs = performance.now() + waitMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
    const [reached] = await database.query<{ alone: boolean }>(
      'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 as alone',
      [fence?.xid],
    );
    if (reached?.alone === true) return true;
    if (performance.now() >= endMs) return false;
    await delay(pauseMs);
  }
}

const maxPauseMs = 100;
