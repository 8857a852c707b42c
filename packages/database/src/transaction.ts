import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { asError } from './as-error.ts';
import { runStatement, type Database, type Queryable } from './database.ts';
import { StatementsAhead } from './statements-ahead.ts';

declare const txBrand: unique symbol;

/** One open transaction. Functions that must not run outside one ask for it by this type. */
export interface Tx extends Queryable {
  readonly [txBrand]: true;
  /**
   * Hands over a statement whose rows nobody needs, so that the commit is sent right behind it
   * instead of waiting for its answer. When it rejects, nothing was committed and the transaction
   * throws what it rejects with.
   */
  beforeCommit(statement: Promise<unknown>): void;
  /**
   * Runs `work` so that what it wrote can be undone alone: when it throws, its writes are rolled
   * back, the error is passed on, and the transaction stays usable.
   */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * The connection broke while the commit was under way: it may have happened or not. Only a retry
 * with the same business key is safe, because its receipt tells.
 */
export class AmbiguousCommitError extends Error {
  override readonly name = 'AmbiguousCommitError';

  constructor(cause: unknown) {
    super('the connection was lost during commit: the transaction may have happened', { cause });
  }
}

const maxAttempts = 6;
/** serialization_failure, deadlock_detected: the server rolled back and asks for another try. */
const retryableStates: ReadonlySet<string> = new Set(['40001', '40P01']);

/** The SQLSTATE of an error that PostgreSQL sent, such as `23505`; otherwise undefined. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
    ? error.code
    : undefined;
}

/** Thrown inside a transaction to have it rolled back and run again from its start. */
export class RetryTransactionError extends Error {
  override readonly name = 'RetryTransactionError';
}

function isRetryable(error: unknown): boolean {
  return error instanceof RetryTransactionError || retryableStates.has(sqlState(error) ?? '');
}

/**
 * Runs `work` in one READ COMMITTED transaction: commits when it returns, rolls back when it
 * throws. Deadlocks and {@link RetryTransactionError} run it again from the start, a few times
 * with growing random pauses, so `work` must have no effect outside its `tx`.
 *
 * @throws AmbiguousCommitError when the connection broke during the commit.
 */
export async function withTransaction<T>(
  database: Database,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(database, work);
    } catch (error) {
      if (attempt === maxAttempts || !isRetryable(error)) throw error;
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}

async function attemptOnce<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await database.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  // A statement that failed without the server's answer leaves the driver with a wrong idea of what
  // the server has prepared: such a connection is not used again.
  const query: Queryable['query'] = (sql, values) =>
    runStatement<never>(client, sql, values).catch((error: unknown) => {
      if (sqlState(error) === undefined) onError(asError(error));
      throw error;
    });
  const ahead = new StatementsAhead();
  try {
    ahead.add(client.query('begin isolation level read committed'));
    const result = await work(txOn(client, query, ahead));
    await commit(client, ahead);
    return result;
  } catch (error) {
    if (error instanceof AmbiguousCommitError) broken = error;
    else broken ??= await rollback(client);
    throw error instanceof AmbiguousCommitError ? error : (ahead.failure ?? error);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/**
 * Sent behind statements that may still fail: on the server, a commit after a failure undoes all.
 */
async function commit(client: pg.PoolClient, ahead: StatementsAhead): Promise<void> {
  await ahead.leave();
  const [ended] = await Promise.allSettled([client.query('commit'), ahead.arrive()]);
  if (ended.status === 'rejected') {
    // An answer from the server is a definite no; silence is not.
    const state = sqlState(ended.reason);
    if (state !== undefined && state !== '57P01') throw ended.reason;
    throw new AmbiguousCommitError(ended.reason);
  }
  if (ended.value.command !== 'COMMIT') {
    throw (
      ahead.failure ??
      new Error('nothing was committed: the error of a statement was not passed on')
    );
  }
  // The server has committed, but an answer before could not be read.
  if (ahead.failure !== undefined) throw new AmbiguousCommitError(ahead.failure);
}

/** Gives the error when even the rollback failed: the connection is then thrown away. */
async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return asError(error);
  }
}

function txOn(client: pg.PoolClient, query: Tx['query'], ahead: StatementsAhead): Tx {
  const tx: Omit<Tx, typeof txBrand> = {
    query,
    beforeCommit: (statement) => ahead.add(statement),
    async savepoint(work) {
      await ahead.arrive();
      await client.query('savepoint step');
      try {
        const result = await work();
        await ahead.arrive();
        await client.query('release savepoint step');
        return result;
      } catch (error) {
        await client.query('rollback to savepoint step');
        throw ahead.forget() ?? error;
      }
    },
  };
  return tx as Tx;
}
