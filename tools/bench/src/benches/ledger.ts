import { withTransaction } from '@sluice/database';
import { ledgerMigrations, openAccounts } from '@sluice/ledger';
import { expectAnswer } from '@sluice/money';
import type { Bench, BenchContext, Row } from '../frame/bench.ts';
import { accountCode, currency, transferSource, type TransferSource } from '../load/transfers.ts';
import { makeDatabase, type BenchDatabase } from '../servers/bench-database.ts';
import { createBaseline } from './ledger-baseline.ts';
import type { Traffic } from './ledger-costs.ts';
import { fillLedger } from './ledger-fill.ts';
import { latencyRows, measureReads } from './ledger-reads.ts';
import {
  baseline,
  measure,
  ways,
  warmUp,
  type Load,
  type Measured,
  type Way,
} from './ledger-ways.ts';

const openedAtOnce = 5_000;
/** So little that about every third transfer over the hottest of the limited ones is refused. */
const tightFloorMinor = -100_000n;

const measures =
  'postings/s on 100,000 accounts in batches, by several writers, through the collector, and ' +
  'with history read meanwhile, against SELECT ... FOR UPDATE on both rows';

/** Postings on hot accounts, against the way one would do it without the ledger. */
export const ledger: Bench = {
  name: 'ledger',
  measures,
  rounds: 3,
  servers: 'shared',
  run: (context) => run(context, 0),
};

/** The same in a ledger that is full. */
export const ledgerGrowth: Bench = {
  name: 'ledger-growth',
  measures: `with 10 million transfers stored: ${measures}`,
  rounds: 3,
  byNameOnly: true,
  servers: 'shared',
  run: (context) => run(context, context.quick ? 2_000 : 10_000_000),
};

async function* run(context: BenchContext, stored: number): AsyncIterable<readonly Row[]> {
  const { quick, rounds } = context;
  const [accounts, ms] = quick ? [500, 30] : [100_000, 1_000];
  const name = stored === 0 ? 'bench_ledger' : 'bench_ledger_growth';
  const database = await makeDatabase(context, name, [ledgerMigrations]);
  await openAll(context, database, accounts);
  await createBaseline(database.owner);
  if (stored > 0) await fillLedger(context, database, { accounts, transfers: stored });
  const sources: Readonly<Record<Load, TransferSource>> = {
    zipf: transferSource(accounts, 1),
    uniform: transferSource(accounts, 2, { spread: 'uniform' }),
    tight: transferSource(accounts, 3, { family: 'tight' }),
  };
  const traffic = new Map<Way, Traffic>();
  for (const way of ways) traffic.set(way, await warmUp(way, database, sources[way.load]));
  for (let round = 0; round < rounds; round += 1) {
    const measured = new Map<Way, Measured>();
    for (const way of inTurn(ways, round)) {
      measured.set(way, await measure(way, database, sources[way.load], ms));
    }
    const read = ways.find(({ name }) => name === 'batches of 1,000') ?? baseline;
    const reads = await measureReads(read, database, sources.zipf, ms);
    yield [...rowsOf(measured, traffic), ...reads];
  }
}

async function openAll(
  { progress }: BenchContext,
  { app }: BenchDatabase,
  count: number,
): Promise<void> {
  progress(`opening ${count.toLocaleString('en')} accounts, and as many with limits`);
  for (const [family, floorMinor] of [
    ['bench', null],
    ['tight', tightFloorMinor],
  ] as const) {
    for (let from = 0; from < count; from += openedAtOnce) {
      const length = Math.min(openedAtOnce, count - from);
      const accounts = Array.from({ length }, (_, index) => ({
        ...{ code: accountCode(from + index, family), currency, floorMinor, ceilingMinor: null },
      }));
      const answers = await withTransaction(app, (tx) => openAccounts(tx, accounts));
      answers.forEach((answer) => expectAnswer(answer));
    }
  }
}

/** Each round begins with another way, so that a table that grows is no way's disadvantage. */
function inTurn(all: readonly Way[], round: number): readonly Way[] {
  const first = (round * 5) % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** Rates first, then what they cost. */
function rowsOf(
  measured: ReadonlyMap<Way, Measured>,
  traffic: ReadonlyMap<Way, Traffic>,
): readonly Row[] {
  const all = ways.map((way) => ({ way, did: found(measured, way), sent: found(traffic, way) }));
  const detailed = all.filter(({ way }) => way.inDetail);
  const limited = all.filter(({ way }) => way.load === 'tight');
  return [
    ...all.map(({ way: { name }, did: { transfers, seconds } }) => ({
      ...{ name, value: transfers / seconds, unit: 'transfers/s' },
      ...(name === baseline.name ? {} : { ratioTo: baseline.name }),
    })),
    ...limited.map(({ way: { name }, did: { refused, transfers } }) => ({
      ...{ name: `refused: ${name}`, value: (100 * refused) / transfers, unit: '%' },
    })),
    ...detailed.flatMap(({ way: { name }, did }) => latencyRows(`time: ${name}`, did.latenciesMs)),
    ...detailed.flatMap(({ way: { name }, did }) => costRows(name, did)),
    ...detailed.flatMap(({ way: { name }, sent: { statements, waits } }) => [
      { name: `statements: ${name}`, value: statements, unit: 'per transaction' },
      { name: `waits: ${name}`, value: waits, unit: 'per transaction' },
    ]),
  ];
}

function costRows(name: string, did: Measured): readonly Row[] {
  const each = (total: number): number => total / did.transfers;
  const server = did.serverCpuMs;
  return [
    { name: `CPU of Node: ${name}`, value: each(1_000 * did.nodeCpuMs), unit: 'us/transfer' },
    ...(server === null
      ? []
      : [{ name: `CPU of PostgreSQL: ${name}`, value: each(1_000 * server), unit: 'us/transfer' }]),
    { name: `WAL: ${name}`, value: each(did.walBytes), unit: 'bytes/transfer' },
  ];
}

function found<T>(values: ReadonlyMap<Way, T>, way: Way): T {
  const value = values.get(way);
  if (value === undefined) throw new Error(`"${way.name}" was not measured`);
  return value;
}
