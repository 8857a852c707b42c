import {
  loadTariff,
  lookUpStoredRate,
  lookUpStoredRates,
  publishTariff,
  type CompiledTariff,
  type Tariff,
} from '@sluice/billing';
import { withTransaction, type Queryable } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import type { BenchContext, Row } from '../frame/bench.ts';
import { spreadOf } from '../frame/statistics.ts';
import type { BenchDatabase } from '../servers/bench-database.ts';
import { probesOf, shapeName, type Probe, type Table } from './billing-table.ts';

/** Within the validity of the bench's tariffs. */
const day = '2017-01-01';
const atOnce = 128;

/**
 * Look-ups in PostgreSQL, in microseconds for each: beside the round trip of a statement that does
 * nothing, as a caller does one, and as a caller does many.
 */
export async function measureStored(
  { shape, compiled }: Table,
  { app, owner }: BenchDatabase,
  { quick, progress }: BenchContext,
): Promise<Row[]> {
  progress('stored look-ups');
  const probes = probesOf(shape, 512);
  const ms = quick ? 5 : 1_000;
  const name = shapeName(shape);
  const trip = 'round trip of "select 1"';
  const one = (db: Queryable, { request }: Probe, on?: string): Promise<unknown> =>
    lookUpStoredRate(db, compiled, request.elements, on).then(expectAnswer);
  const usOf = (act: (probes: readonly Probe[]) => Promise<unknown>): Promise<number> =>
    usPerProbe(probes, ms, act);
  const row = async (what: string, act: (probes: readonly Probe[]) => Promise<unknown>) => ({
    ...{ name: what, value: await usOf(act), unit: 'us', ratioTo: trip },
  });
  const nothing = await usOf((some) => oneByOne(some, () => app.query('select 1')));
  return [
    { name: trip, value: nothing, unit: 'us' },
    await row(`stored look-up, one by one, ${name}`, (some) =>
      oneByOne(some, (probe) => one(app, probe)),
    ),
    await row(`stored look-up in force on a day, one by one, ${name}`, (some) =>
      oneByOne(some, (probe) => one(app, probe, day)),
    ),
    await row(`stored look-up, ${atOnce} sent at once on one connection, ${name}`, (some) =>
      withTransaction(app, (tx) => Promise.all(some.map((probe) => one(tx, probe)))),
    ),
    await row(`stored look-up in force on a day, ${atOnce} in one statement, ${name}`, (some) =>
      many(app, compiled, some),
    ),
    ...(await measureServer(probes.slice(0, quick ? 1 : 200), compiled, owner, name)),
  ];
}

async function oneByOne(
  probes: readonly Probe[],
  act: (probe: Probe) => Promise<unknown>,
): Promise<void> {
  for (const probe of probes) await act(probe);
}

async function many(db: Queryable, tariff: CompiledTariff, probes: readonly Probe[]) {
  const requests = probes.map(({ request }) => request.elements);
  for (const answer of await lookUpStoredRates(db, tariff, requests, day)) expectAnswer(answer);
}

/** What the server says that it spent, without the way there and back and without planning. */
async function measureServer(
  probes: readonly Probe[],
  tariff: CompiledTariff,
  db: Queryable,
  name: string,
): Promise<Row[]> {
  const spent: number[] = [];
  const explaining: Queryable = {
    async query(sql, values) {
      const [plan] = await db.query<{ 'QUERY PLAN': readonly { 'Execution Time': number }[] }>(
        `explain (analyze, timing off, format json) ${sql}`,
        values,
      );
      spent.push((plan?.['QUERY PLAN'][0]?.['Execution Time'] ?? 0) * 1_000);
      return [];
    },
  };
  for (const { request } of probes) {
    await lookUpStoredRate(explaining, tariff, request.elements, day);
  }
  const singly = spreadOf(spent.splice(0)).median;
  const some = probes.slice(0, atOnce);
  const requests = some.map(({ request }) => request.elements);
  for (let time = 0; time < 10; time += 1) {
    await lookUpStoredRates(explaining, tariff, requests, day);
  }
  const inOne = spreadOf(spent).median / some.length;
  return [
    { name: `of it in the server, one by one, ${name}`, value: singly, unit: 'us' },
    { name: `of it in the server, ${atOnce} in one statement, ${name}`, value: inOne, unit: 'us' },
  ];
}

/** Microseconds of one probe, done in groups; the first group warms up. */
async function usPerProbe(
  probes: readonly Probe[],
  ms: number,
  act: (probes: readonly Probe[]) => Promise<unknown>,
): Promise<number> {
  const groups = Array.from({ length: Math.floor(probes.length / atOnce) }, (_, group) =>
    probes.slice(group * atOnce, (group + 1) * atOnce),
  );
  await act(groups[0] ?? []);
  let done = 0;
  const started = performance.now();
  let spent = 0;
  while (spent < ms) {
    const group = groups[(done / atOnce) % groups.length] ?? [];
    await act(group);
    done += atOnce;
    spent = performance.now() - started;
  }
  return (spent * 1_000) / done;
}

/** Publishes tariffs under ids of their own and loads them back; milliseconds for each whole. */
export async function measurePublishing(
  tables: readonly Table[],
  { app }: BenchDatabase,
  { progress }: BenchContext,
  round: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { shape, tariff } of new Set(tables)) {
    const name = shapeName(shape);
    progress(`publishing and loading, ${name}`);
    const id = `bench-${shape.dimensions}-${round}`;
    const own: Tariff = { ...tariff, id, businessId: id };
    const started = performance.now();
    await withTransaction(app, async (tx) => {
      expectAnswer(await publishTariff(tx, own));
    });
    const published = performance.now();
    const loaded = expectAnswer(await loadTariff(app, { businessId: id, on: day }));
    const done = performance.now();
    if (loaded.rates.length !== own.rates.length) throw new Error('another tariff was loaded');
    rows.push(
      { name: `publish to PostgreSQL, ${name}`, value: published - started, unit: 'ms' },
      { name: `load from PostgreSQL and check, ${name}`, value: done - published, unit: 'ms' },
    );
  }
  return rows;
}
