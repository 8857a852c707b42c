import { setImmediate } from 'node:timers/promises';
import { AmbiguousCommitError, withTransaction, type Database } from '@sluice/database';
import { refuse, type Refusal } from '@sluice/money';
import { evaluateTransfers } from '../domain/evaluate-transfers.ts';
import { emptyState } from '../domain/ledger-state.ts';
import type { Transfer, TransferResult } from '../domain/transfer.ts';
import { postTransfers } from '../store/post-transfers.ts';
import {
  collectorTriggers,
  GatheringBatch,
  type CollectorTrigger,
  type GatheringLimits,
} from './gathering-batch.ts';

export interface CollectorOptions extends GatheringLimits {
  readonly database: Database;
  /** At most so many transfers are taken and not answered yet; beyond, calls are refused. */
  readonly maxWaiting: number;
}

/** What a collector did since it was made. */
export interface CollectorStatistics {
  /** Batches by what made them due. */
  readonly batches: Readonly<Record<CollectorTrigger, number>>;
  /** Calls and transfers in these batches. */
  readonly calls: number;
  readonly transfers: number;
  /** Batches that failed as a whole and were posted call by call. */
  readonly failedBatches: number;
  /** Calls that were refused: too many waited, or it was closed. */
  readonly refusedCalls: number;
  /** Transfers taken and not answered yet, at this moment. */
  readonly waiting: number;
}

/** Gathers the calls of many into few batches. */
export interface Collector {
  /**
   * Posts a caller's transfers as `postTransfers` does, in one batch with those of others: whole
   * and in order, never mixed with them. What is answered is in the ledger. When the promise
   * rejects, it may be there or not, as after a crash: repeat the same transfers, their ids tell.
   *
   * @returns one result per transfer, in order, or a refusal, with nothing posted:
   *   `COLLECTOR_FULL` and `COLLECTOR_CLOSED` (the same call may be made again, here or elsewhere)
   *   or `COLLECTOR_CALL_TOO_LARGE`.
   */
  post(transfers: readonly Transfer[]): Promise<readonly TransferResult[] | Refusal>;
  statistics(): CollectorStatistics;
  /** Refuses what comes from now on; resolves when all that was taken is answered. */
  close(): Promise<void>;
}

/**
 * A collector in front of the ledger: the task of CN107563881A, claims 7 and 8, as the reason why a
 * hot account is fast. One batch is written at a time, and while it is the next one gathers, so
 * that batches grow with the load; the triggers say how long it gathers beyond that. A crash loses
 * only what was not answered. Calls are posted in the order in which they were made.
 *
 * @throws RangeError when a limit is not a whole number above zero; an age may be 0.
 */
export function createCollector(options: CollectorOptions): Collector {
  const { maxAgeMs, maxAccounts, maxTransfers, maxWaiting } = options;
  checkLimit({ maxAgeMs }, 0);
  for (const limit of [{ maxAccounts }, { maxTransfers }, { maxWaiting }]) checkLimit(limit, 1);
  return new OneWriter(options);
}

function checkLimit(limit: Readonly<Record<string, number>>, least: number): void {
  for (const [name, value] of Object.entries(limit)) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new RangeError(`${name} is ${value}: it must be a whole number from ${least}`);
  }
}

interface Call {
  readonly transfers: readonly Transfer[];
  readonly resolve: (results: readonly TransferResult[]) => void;
  readonly reject: (error: unknown) => void;
}

class OneWriter implements Collector {
  readonly #options: CollectorOptions;
  readonly #gathering: GatheringBatch<Call>[] = [];
  readonly #batches = countTriggers();
  #writing: Promise<void> | undefined;
  #isClosed = false;
  #waiting = 0;
  #calls = 0;
  #transfers = 0;
  #failedBatches = 0;
  #refusedCalls = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  async post(transfers: readonly Transfer[]): Promise<readonly TransferResult[] | Refusal> {
    const refusal = this.#refusal(transfers.length);
    if (refusal !== undefined) {
      this.#refusedCalls += 1;
      return refusal;
    }
    this.#waiting += transfers.length;
    try {
      // A chain without an end would go on in the next caller's transfers; it is refused whatever
      // the state, so it need not go there.
      const ended = transfers.slice(0, transfers.findLastIndex(({ linked }) => !linked) + 1);
      const open = evaluateTransfers(emptyState, transfers.slice(ended.length)).results;
      return ended.length === 0 ? open : [...(await this.#enqueue(ended)), ...open];
    } finally {
      this.#waiting -= transfers.length;
    }
  }

  statistics(): CollectorStatistics {
    return {
      batches: { ...this.#batches },
      calls: this.#calls,
      transfers: this.#transfers,
      failedBatches: this.#failedBatches,
      refusedCalls: this.#refusedCalls,
      waiting: this.#waiting,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const batch of this.#gathering) batch.close();
    await this.#writing;
  }

  #refusal(count: number): Refusal | undefined {
    const { maxWaiting } = this.#options;
    if (this.#isClosed) {
      return refuse('COLLECTOR_CLOSED', 'the collector was closed: make the call at another one');
    }
    if (count > maxWaiting) {
      return refuse(
        'COLLECTOR_CALL_TOO_LARGE',
        `${count} transfers are more than the ${maxWaiting} that may wait: make smaller calls`,
        { transfers: count, maxWaiting },
      );
    }
    if (this.#waiting + count <= maxWaiting) return undefined;
    return refuse(
      'COLLECTOR_FULL',
      `${this.#waiting} transfers wait and at most ${maxWaiting} may: nothing of this call was ` +
        'posted, make the same call again a little later',
      { transfers: count, waiting: this.#waiting, maxWaiting },
    );
  }

  #enqueue(transfers: readonly Transfer[]): Promise<readonly TransferResult[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly TransferResult[]>();
    let batch = this.#gathering.at(-1);
    if (batch === undefined || batch.isFull) {
      batch = new GatheringBatch(this.#options);
      this.#gathering.push(batch);
    }
    batch.add({ transfers, resolve, reject });
    this.#writing ??= this.#write();
    return promise;
  }

  async #write(): Promise<void> {
    for (let batch = this.#gathering[0]; batch !== undefined; batch = this.#gathering[0]) {
      const trigger = await batch.due;
      this.#gathering.shift();
      this.#batches[trigger] += 1;
      this.#calls += batch.calls.length;
      await this.#answer(batch.calls);
      // Those who were just answered may call again: they come into the batch that is next.
      await setImmediate();
    }
    this.#writing = undefined;
  }

  async #answer(calls: readonly Call[]): Promise<void> {
    const all = calls.flatMap(({ transfers }) => transfers);
    this.#transfers += all.length;
    let results: readonly TransferResult[];
    try {
      results = await this.#postSurely(all);
    } catch (error) {
      if (calls.length === 1) calls[0]?.reject(error);
      else await this.#answerOneByOne(calls);
      return;
    }
    let from = 0;
    for (const { transfers, resolve } of calls) {
      resolve(results.slice(from, from + transfers.length));
      from += transfers.length;
    }
  }

  /** One call's error must not become the answer of its neighbours. */
  async #answerOneByOne(calls: readonly Call[]): Promise<void> {
    this.#failedBatches += 1;
    for (const { transfers, resolve, reject } of calls) {
      await this.#postSurely(transfers).then(resolve, reject);
    }
  }

  /** When the answer to the commit was lost, once more: what is there answers `exists`. */
  async #postSurely(transfers: readonly Transfer[]): Promise<readonly TransferResult[]> {
    const post = (): Promise<readonly TransferResult[]> =>
      withTransaction(this.#options.database, (tx) => postTransfers(tx, transfers));
    return post().catch((error: unknown) => {
      if (error instanceof AmbiguousCommitError) return post();
      throw error;
    });
  }
}

function countTriggers(): Record<CollectorTrigger, number> {
  return Object.fromEntries(collectorTriggers.map((trigger) => [trigger, 0])) as Record<
    CollectorTrigger,
    number
  >;
}
