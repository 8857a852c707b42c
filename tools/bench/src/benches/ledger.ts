import { withTransaction, type Database } from '@sluice/database';
import { ledgerMigrations, openAccounts, postTransfers, type Transfer } from '@sluice/ledger';
import { expectAnswer } from '@sluice/money';
import type { Bench, BenchContext, Row } from '../frame/bench.ts';
import { accountCode, currency, transferSource } from '../load/transfers.ts';
import {
  countRoundTrips,
  makeDatabase,
  walBytes,
  type BenchDatabase,
} from '../servers/bench-database.ts';
import { createBaseline, postOneRowAtATime } from './ledger-baseline.ts';

const batchSizes = [1, 100, 1_000, 8_000] as const;
const openedAtOnce = 5_000;
/** More callers hardly help: nearly every transfer touches the hottest account. */
const manyCallers = 8;

/** One way to post, measured on its own. */
interface Way {
  readonly name: string;
  readonly batch: number;
  readonly callers: number;
  readonly post: (database: Database, transfers: readonly Transfer[]) => Promise<void>;
}

const baseline: Way = {
  name: 'FOR UPDATE, 1 caller',
  batch: 1,
  callers: 1,
  post: postOneRowAtATime,
};
const ways: readonly Way[] = [
  ...batchSizes.map((batch) => ({
    name: `batches of ${batch.toLocaleString('en')}`,
    batch,
    callers: 1,
    post: postBatch,
  })),
  baseline,
  { ...baseline, name: `FOR UPDATE, ${manyCallers} callers`, callers: manyCallers },
];

/** Postings on hot accounts, against the way one would do it without the ledger. */
export const ledger: Bench = {
  name: 'ledger',
  measures:
    'postings/s on 100,000 accounts, Zipf s=2.0, in batches, against SELECT ... FOR UPDATE on ' +
    'both rows',
  rounds: 3,
  servers: 'shared',
  async *run(context) {
    const { quick, rounds } = context;
    const [accounts, ms] = quick ? [500, 50] : [100_000, 1_500];
    const database = await makeDatabase(context, 'bench_ledger', [ledgerMigrations]);
    await openAll(context, database, accounts);
    await createBaseline(database.owner);
    const source = transferSource(accounts, 1);
    const trips = new Map<string, number>();
    for (const way of ways) trips.set(way.name, await countTrips(way, database, source));
    for (let round = 0; round < rounds; round += 1) {
      const measured = new Map<string, Measured>();
      for (const way of inTurn(ways, round)) {
        measured.set(way.name, await measure(way, database, source, ms));
      }
      yield rowsOf(ways.map((way) => ({ way, ...found(measured, way), trips: found(trips, way) })));
    }
  },
};

async function openAll(
  { progress }: BenchContext,
  { app }: BenchDatabase,
  count: number,
): Promise<void> {
  progress(`opening ${count.toLocaleString('en')} accounts`);
  for (let from = 0; from < count; from += openedAtOnce) {
    const length = Math.min(openedAtOnce, count - from);
    const accounts = Array.from({ length }, (_, index) => ({
      code: accountCode(from + index),
      currency,
      floorMinor: null,
      ceilingMinor: null,
    }));
    const answers = await withTransaction(app, (tx) => openAccounts(tx, accounts));
    answers.forEach((answer) => expectAnswer(answer));
  }
}

async function postBatch(database: Database, transfers: readonly Transfer[]): Promise<void> {
  const results = await withTransaction(database, (tx) => postTransfers(tx, transfers));
  const wrong = results.find(({ status }) => status !== 'created');
  if (wrong !== undefined) throw new Error(`a transfer was not posted: ${wrong.status}`);
}

/** Each round begins with another way, so that a table that grows is no way's disadvantage. */
function inTurn(all: readonly Way[], round: number): readonly Way[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

type Source = (count: number) => readonly Transfer[];

/** Posts one batch, which warms the way up as well. */
async function countTrips(way: Way, { app }: BenchDatabase, source: Source): Promise<number> {
  const counted = countRoundTrips(app);
  await way.post(counted.database, source(way.batch));
  return counted.count();
}

interface Measured {
  readonly transfers: number;
  readonly seconds: number;
  readonly walBytes: number;
}

/** Posts until the time is over. What is posted is made before, outside the time. */
async function measure(
  way: Way,
  { app, owner }: BenchDatabase,
  source: Source,
  forMs: number,
): Promise<Measured> {
  const before = await walBytes(owner);
  let [transfers, spentMs] = [0, 0];
  while (spentMs < forMs) {
    const batches = Array.from({ length: way.callers * repeatsOf(way) }, () => source(way.batch));
    const started = performance.now();
    const call = async (): Promise<void> => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
        transfers += batch.length;
        await way.post(app, batch);
      }
    };
    await Promise.all(Array.from({ length: way.callers }, call));
    spentMs += performance.now() - started;
  }
  return { transfers, seconds: spentMs / 1_000, walBytes: (await walBytes(owner)) - before };
}

/** Small batches are posted several at a time, so that callers have enough to do. */
function repeatsOf({ batch }: Way): number {
  return Math.max(1, Math.floor(20 / batch));
}

function found<T>(values: ReadonlyMap<string, T>, { name }: Way): T {
  const value = values.get(name);
  if (value === undefined) throw new Error(`"${name}" was not measured`);
  return value;
}

interface Found extends Measured {
  readonly way: Way;
  readonly trips: number;
}

/** Rates first, then what they cost. */
function rowsOf(all: readonly Found[]): readonly Row[] {
  const against = ({ name }: Way, prefix: string): { ratioTo?: string } =>
    name === baseline.name ? {} : { ratioTo: `${prefix}${baseline.name}` };
  return [
    ...all.map(({ way, transfers, seconds }) => ({
      name: way.name,
      value: transfers / seconds,
      unit: 'transfers/s',
      ...against(way, ''),
    })),
    ...all.map(({ way, transfers, walBytes: bytes }) => ({
      name: `WAL: ${way.name}`,
      value: bytes / transfers,
      unit: 'bytes/transfer',
      ...against(way, 'WAL: '),
    })),
    ...all.map(({ way, trips }) => ({
      name: `round trips: ${way.name}`,
      value: trips,
      unit: 'per transaction',
    })),
  ];
}
