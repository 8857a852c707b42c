import {
  billingMigrations,
  compileTariff,
  lookUpCell,
  parseTariff,
  publishTariff,
  quote,
  type BillingElements,
} from '@sluice/billing';
import { withTransaction } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import type { Bench, BenchContext, Row } from '../frame/bench.ts';
import { makeDatabase } from '../servers/bench-database.ts';
import { jsonRulesEngine, linearScan, stringKey, zenEngine, type Rival } from './billing-rivals.ts';
import { measurePublishing, measureStored } from './billing-stored.ts';
import {
  makeTable,
  probesOf,
  shapeName,
  type Probe,
  type Shape,
  type Table,
} from './billing-table.ts';

const shapes: readonly Shape[] = [
  { dimensions: 1, intervals: 64 },
  { dimensions: 2, intervals: 32 },
  { dimensions: 3, intervals: 16 },
  { dimensions: 4, intervals: 8 },
  { dimensions: 5, intervals: 8 },
  { dimensions: 6, intervals: 10 },
];
/** The shape of the figure to reach, on which the others are measured too. */
const goal: Shape = { dimensions: 4, intervals: 8 };
const quickShapes: readonly Shape[] = [
  { dimensions: 1, intervals: 4 },
  { dimensions: 4, intervals: 2 },
];

/** Look-ups and prices in memory and stored, against the same table in other engines. */
export const billing: Bench = {
  name: 'billing',
  measures:
    'tariff look-ups over 1 to 6 dimensions and 64 to 1,000,000 cells, quotes, stored look-ups, ' +
    'publishing and loading, against engines that hold the same table',
  rounds: 3,
  servers: 'shared',
  async *run(context) {
    const { quick, rounds } = context;
    const [all, of] = quick ? [quickShapes, { ...goal, intervals: 2 }] : [shapes, goal];
    context.progress('making tables');
    const tables = all.map(makeTable);
    const table = tables.find(({ shape }) => shapeName(shape) === shapeName(of));
    const largest = tables.at(-1);
    if (table === undefined || largest === undefined)
      throw new Error('the goal is none of the shapes');
    const database = await makeDatabase(context, 'bench_billing', [billingMigrations]);
    await withTransaction(database.app, async (tx) => {
      expectAnswer(await publishTariff(tx, table.tariff));
    });
    const rivals = [linearScan, stringKey, jsonRulesEngine, zenEngine].map((make) => make(of));
    rivals.forEach(({ close }) => context.defer(() => Promise.resolve(close())));
    for (let round = 0; round < rounds; round += 1) {
      yield [
        ...tables.flatMap((one) => measureMemory(one, context)),
        measureDisorder(table, context),
        ...(await measureStored(table, database, context)),
        ...(await measurePublishing([table, largest], database, context, round)),
        ...(await measureRivals(table, rivals, context)),
        ...measureParse(tables, context),
      ];
    }
  },
};

const lookUpName = (shape: Shape): string => `look-up, ${shapeName(shape)}`;

/** Nanoseconds of one call, over as many as fit the time; the first pass warms up. */
function nsPerCall(probes: readonly Probe[], ms: number, act: (probe: Probe) => unknown): number {
  probes.forEach(act);
  let calls = 0;
  const started = performance.now();
  let spent = 0;
  while (spent < ms) {
    for (let pass = 0; pass < 20; pass += 1) for (const probe of probes) act(probe);
    calls += 20 * probes.length;
    spent = performance.now() - started;
  }
  return (spent * 1e6) / calls;
}

async function nsPerAsyncCall(
  probes: readonly Probe[],
  ms: number,
  act: (probe: Probe) => unknown,
): Promise<number> {
  let calls = 0;
  const started = performance.now();
  let spent = 0;
  while (spent < ms) {
    const probe = probes[calls % probes.length];
    if (probe !== undefined) await act(probe);
    calls += 1;
    spent = performance.now() - started;
  }
  return (spent * 1e6) / calls;
}

function measureMemory({ shape, compiled }: Table, { quick, progress }: BenchContext): Row[] {
  progress(`look-ups, ${shapeName(shape)}`);
  const probes = probesOf(shape, 512);
  const ms = quick ? 5 : 500;
  for (const { request, index } of probes) {
    const { amount } = expectAnswer(quote(compiled, request));
    if (amount.minor !== BigInt(index) * 100n) throw new Error(`cell ${index} has a wrong price`);
  }
  return [
    {
      name: lookUpName(shape),
      value: nsPerCall(probes, ms, ({ request }) => lookUpCell(compiled, request.elements)),
      unit: 'ns',
    },
    {
      name: `quote explained, ${shapeName(shape)}`,
      value: nsPerCall(probes, ms, ({ request }) => quote(compiled, request)),
      unit: 'ns',
      ratioTo: lookUpName(shape),
    },
  ];
}

/** The same look-ups where no request has its elements in the order of the tariff. */
function measureDisorder({ shape, compiled }: Table, { quick }: BenchContext): Row {
  const probes = probesOf(shape, 512).map(({ request, ...probe }) => {
    const elements: BillingElements = Object.fromEntries(
      Object.entries(request.elements).reverse(),
    );
    return { ...probe, request: { ...request, elements } };
  });
  return {
    name: `look-up, elements in another order, ${shapeName(shape)}`,
    value: nsPerCall(probes, quick ? 5 : 500, ({ request }) =>
      lookUpCell(compiled, request.elements),
    ),
    unit: 'ns',
    ratioTo: lookUpName(shape),
  };
}

async function measureRivals(
  { shape }: Table,
  rivals: readonly Rival[],
  { quick, progress }: BenchContext,
): Promise<Row[]> {
  const probes = probesOf(shape, 512);
  const rows: Row[] = [];
  const ms = quick ? 5 : 500;
  for (const { name, find, ask } of rivals) {
    progress(name);
    for (const probe of probes.slice(0, 3)) {
      if ((await ask(probe)) !== probe.index) throw new Error(`${name} found another price`);
    }
    rows.push({
      name: `${name}, ${shapeName(shape)}`,
      value:
        find === null
          ? await nsPerAsyncCall(probes, ms, ask)
          : nsPerCall(probes.slice(0, 64), ms, find),
      unit: 'ns',
      ratioTo: lookUpName(shape),
    });
  }
  return rows;
}

function measureParse(tables: readonly Table[], { progress }: BenchContext): Row[] {
  progress('proving');
  return tables.map(({ shape, message }) => {
    const started = performance.now();
    compileTariff(expectAnswer(parseTariff(message)));
    return {
      name: `prove and compile, ${shapeName(shape)}`,
      value: performance.now() - started,
      unit: 'ms',
    };
  });
}
