import { withTransaction, type Database } from '@sluice/database';
import {
  createCollector,
  isPosted,
  postTransfers,
  type DirectTransfer,
  type Linkable,
  type TransferResult,
} from '@sluice/ledger';
import { expectAnswer } from '@sluice/money';
import type { BenchDatabase } from '../servers/bench-database.ts';
import type { TransferSource } from '../load/transfers.ts';
import { postOneRowAtATime } from './ledger-baseline.ts';
import { countCosts, countTraffic, nodeCpuMs, type Costs, type Traffic } from './ledger-costs.ts';

/** Which accounts a way works on: drawn by Zipf's law, all alike, or with limits that refuse. */
export type Load = 'zipf' | 'uniform' | 'tight';

/** One way to post, measured on its own. */
export interface Way {
  readonly name: string;
  /** Transfers per call. */
  readonly batch: number;
  /** How many call at once, each again as soon as it is answered. */
  readonly callers: number;
  readonly load: Load;
  readonly kind: 'batches' | 'collector' | 'baseline';
  /** Whether its costs and latencies are reported too. */
  readonly inDetail: boolean;
}

function way(name: string, batch: number, changes: Partial<Way> = {}): Way {
  const usual = { callers: 1, load: 'zipf', kind: 'batches', inDetail: false } as const;
  return { name, batch, ...usual, ...changes };
}

/** What everything else is seen against. */
export const baseline = way('FOR UPDATE, 1 caller', 1, { kind: 'baseline', inDetail: true });

const inDetail = { inDetail: true };

/** All ways, in the order of the report. */
export const ways: readonly Way[] = [
  way('batches of 1', 1, inDetail),
  way('batches of 100', 100),
  way('batches of 1,000', 1_000, inDetail),
  way('batches of 8,000', 8_000, inDetail),
  way('batches of 1,000, 2 writers', 1_000, { callers: 2 }),
  way('batches of 1,000, 4 writers', 1_000, { callers: 4 }),
  way('batches of 1,000, 8 writers', 1_000, { callers: 8 }),
  way('batches of 1,000, uniform', 1_000, { load: 'uniform', inDetail: true }),
  way('batches of 1,000, uniform, 2 writers', 1_000, { load: 'uniform', callers: 2 }),
  way('batches of 8,000, uniform', 8_000, { load: 'uniform' }),
  way('batches of 1,000, limits', 1_000, { load: 'tight' }),
  way('collector, 1 caller', 1, { kind: 'collector', inDetail: true }),
  way('collector, 32 callers', 1, { kind: 'collector', callers: 32, inDetail: true }),
  baseline,
  way('FOR UPDATE, 8 callers', 1, { kind: 'baseline', callers: 8 }),
];

/** What a way did in its time. */
export interface Measured extends Costs {
  readonly transfers: number;
  readonly refused: number;
  readonly seconds: number;
  /** Of each call, from its start to its answer. */
  readonly latenciesMs: readonly number[];
  readonly nodeCpuMs: number;
}

/** A way, ready to post; gives how many of the transfers were refused. */
interface Posting {
  readonly post: (transfers: readonly Linkable<DirectTransfer>[]) => Promise<number>;
  readonly end: () => Promise<void>;
}

function openPosting({ kind }: Way, database: Database): Posting {
  if (kind === 'collector') return openCollector(database);
  const end = (): Promise<void> => Promise.resolve();
  if (kind === 'baseline') return { post: (all) => postOneRowAtATime(database, all), end };
  return {
    post: async (all) =>
      refusedAmong(await withTransaction(database, (tx) => postTransfers(tx, all))),
    end,
  };
}

function openCollector(database: Database): Posting {
  const limits = { maxAgeMs: 0, maxTransfers: 1_000, maxAccounts: 1_000, maxWaiting: 10_000 };
  const collector = createCollector({ database, ...limits });
  return {
    post: async (transfers) => refusedAmong(expectAnswer(await collector.post(transfers))),
    end: () => collector.close(),
  };
}

function refusedAmong(results: readonly TransferResult[]): number {
  const refused = results.filter(({ status }) => !isPosted(status));
  const wrong = refused.find(({ status }) => status !== 'exceeds-floor');
  if (wrong !== undefined) throw new Error(`a transfer was not posted: ${wrong.status}`);
  return refused.length;
}

/** Posts one batch, which warms the way up as well. */
export async function warmUp(
  way: Way,
  { app }: BenchDatabase,
  source: TransferSource,
): Promise<Traffic> {
  await postOnce(way, app, source);
  const counted = countTraffic(app);
  await postOnce(way, counted.database, source);
  return counted.traffic();
}

async function postOnce(way: Way, database: Database, source: TransferSource): Promise<void> {
  const posting = openPosting(way, database);
  await posting.post(source(way.batch));
  await posting.end();
}

/** What callers have in hand at a time. It is made before, outside the time that is measured. */
const madeAtOnce = 16_000;

/** Posts until the time is over. */
export async function measure(
  way: Way,
  { app, owner }: BenchDatabase,
  source: TransferSource,
  forMs: number,
): Promise<Measured> {
  const { post, end } = openPosting(way, app);
  const latenciesMs: number[] = [];
  let [transfers, refused, spentMs, cpuMs] = [0, 0, 0, 0];
  const finish = await countCosts(owner);
  while (spentMs < forMs) {
    const batches = batchesOf(way, source, forMs);
    let next = 0;
    const [started, cpuBefore] = [performance.now(), nodeCpuMs()];
    const call = async (): Promise<void> => {
      for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
        const calledAt = performance.now();
        refused += await post(batch);
        latenciesMs.push(performance.now() - calledAt);
        transfers += batch.length;
        // A slow way does not finish what was made for a fast one.
        if (performance.now() - started + spentMs > 2 * forMs) return;
      }
    };
    await Promise.all(Array.from({ length: way.callers }, call));
    spentMs += performance.now() - started;
    cpuMs += nodeCpuMs() - cpuBefore;
  }
  await end();
  const costs = await finish();
  return { ...costs, transfers, refused, seconds: spentMs / 1_000, latenciesMs, nodeCpuMs: cpuMs };
}

function batchesOf(
  { batch, callers }: Way,
  source: TransferSource,
  forMs: number,
): readonly (readonly Linkable<DirectTransfer>[])[] {
  const count = Math.max(callers, Math.floor((madeAtOnce * Math.min(1, forMs / 500)) / batch));
  return Array.from({ length: count }, () => source(batch));
}
