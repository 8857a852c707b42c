import { expectAnswer, isRefusal, money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileTariff,
  findCliffs,
  parseTariff,
  quote,
  type CliffQuery,
  type CliffReport,
  type Tariff,
} from '../../index.ts';
import { oneCell } from '../../testing/one-cell.ts';
import { subsidyShare, transferFee } from '../../testing/tariffs.ts';

const parse = (message: object): Tariff => expectAnswer(parseTariff(message));
const cliffs = (
  tariff: Tariff,
  query: Partial<CliffQuery> & Pick<CliffQuery, 'along'>,
): CliffReport => expectAnswer(findCliffs(tariff, { payee: 'receives', limit: 1_000, ...query }));

test('the share of a loyalty discount falls at 1.00 and at 5.00, the deeper first', () => {
  const report = cliffs(parse(subsidyShare), { along: 'discount' });
  expect(report).toMatchObject({ count: 2, unpriced: 0 });
  expect(report.cliffs).toMatchObject([
    {
      kind: 'bound',
      at: { minor: 500n },
      before: { minor: 250n },
      after: { minor: 200n },
      drop: { minor: 50n },
      beforeCell: '3-2',
      afterCell: '3-3',
    },
    {
      at: { minor: 100n },
      before: { minor: 59n },
      after: { minor: 50n },
      drop: { minor: 9n },
      beforeCell: '3-1',
      afterCell: '3-2',
      intervals: [{ label: 'loyalty' }, {}],
    },
  ]);
  expect(cliffs(parse(subsidyShare), { along: 'discount', limit: 1 })).toMatchObject({
    count: 2,
    cliffs: [{ at: { minor: 500n } }],
  });
});

test('a fee that jumps costs its payer more than the cent that was added', () => {
  const report = cliffs(parse(transferFee), { along: 'amount', payee: 'pays' });
  expect(
    report.cliffs.map(({ at, drop, beforeCell }) => [at.minor, drop.minor, beforeCell]),
  ).toEqual([
    [1_000_001n, 499n, '2-1-1'],
    [1_000_001n, 499n, '2-1-2'],
  ]);
});

test('a dimension that is none of money is refused', () => {
  const answer = findCliffs(parse(transferFee), { along: 'channel', payee: 'pays', limit: 1 });
  expect(answer).toMatchObject({ code: 'CLIFFS_NOT_ALONG' });
});

test('what cannot be priced for want of units is counted, and priced once they are given', () => {
  const units = { of: 'calls', unit: 'call', parts: 'exact' };
  const message = {
    ...subsidyShare,
    rates: [
      { cell: { kind: '*', discount: 1 }, perUnit: { price: '2.00', units } },
      { cell: { kind: '*', discount: 2 }, flat: '1.00' },
      { cell: { kind: '*', discount: 3 }, flat: '1.00' },
    ],
  };
  expect(cliffs(parse(message), { along: 'discount' })).toMatchObject({ count: 0, unpriced: 3 });
  const elements = { calls: { value: '1', unit: 'call' } };
  expect(cliffs(parse(message), { along: 'discount', elements }).count).toBe(3);
});

describe('between bounds', () => {
  const overAll = (line: object, change: object = {}): Tariff => parse(oneCell(line, change));
  test('a payer loses where more than the whole is taken', () => {
    const [cliff] = cliffs(overAll({ proportion: '1.01' }), {
      along: 'basis',
      payee: 'pays',
    }).cliffs;
    expect(cliff).toMatchObject({ kind: 'step', at: { minor: 50n }, drop: { minor: 1n } });
  });

  test('a payer loses where the price is rounded to whole units of money', () => {
    const rounding = { mode: 'half-up', scale: 0, stage: 'line' };
    const tariff = overAll({ proportion: '0.03' }, { rounding });
    const [cliff] = cliffs(tariff, { along: 'basis', payee: 'pays' }).cliffs;
    expect(cliff).toMatchObject({ kind: 'step', at: { minor: 1_667n }, drop: { minor: 99n } });
    expect(cliffs(tariff, { along: 'basis' }).count).toBe(0);
  });
});

const top = 120;
const proportion = fc.integer({ min: 0, max: 100 }).map((percent) => (percent / 100).toFixed(2));
const flat = fc.integer({ min: 0, max: 60 }).map((cents) => (cents / 100).toFixed(2));
const tiered = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: top }), { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(flat, proportion, fc.boolean()), { minLength: 4, maxLength: 4 }),
    fc.constantFrom('entered', 'reached', 'volume'),
    fc.constantFrom('first-flat', 'nothing'),
  )
  .map(([ends, priced, model, zero]) => {
    const sorted = ends.toSorted((left, right) => left - right);
    const tiers = [...sorted, null].map((end, place) => {
      const [due, part, toIncluded] = priced[place]!;
      const to = end === null ? { to: null } : { to: (end / 100).toFixed(2), toIncluded };
      return { ...to, flat: due, proportion: part };
    });
    const common = { tiers, zero, earlier: 'ignored' };
    return model === 'volume' ? { volume: common } : { graduated: { ...common, flatDue: model } };
  });
const rate = fc.oneof(
  flat.map((text) => ({ flat: text })),
  proportion.map((text) => ({ proportion: text })),
  tiered,
  fc.tuple(tiered, flat).map(([one, other]) => ({ greaterOf: [one, { flat: other }] })),
  fc.tuple(tiered, flat, proportion).map(([one, minimum, cap]) => ({ ...one, minimum, cap })),
);
const cases = fc.record({
  bounds: fc.uniqueArray(fc.integer({ min: 1, max: top - 1 }), { minLength: 1, maxLength: 3 }),
  rates: fc.array(rate, { minLength: 4, maxLength: 4 }),
  mode: fc.constantFrom('half-even', 'half-up', 'floor', 'up'),
  payee: fc.constantFrom('receives' as const, 'pays' as const),
});

test('against every cent: exactly the falls of random tariffs are found', () => {
  const seen = { some: 0, none: 0 };
  fc.assert(
    fc.property(cases, ({ bounds, rates, mode, payee }) => {
      const ends = [0, ...bounds.toSorted((left, right) => left - right), top + 1];
      const tariff = parse({
        ...oneCell({}),
        rounding: { mode, scale: 'currency', stage: 'line' },
        dimensions: [
          {
            name: 'd',
            type: 'money',
            intervals: ends.slice(1).map((to, place) => ({
              from: (ends[place]! / 100).toFixed(2),
              to: (to / 100).toFixed(2),
            })),
          },
        ],
        order: ['d'],
        rates: ends.slice(1).map((_, place) => ({ cell: { d: place + 1 }, ...rates[place % 4] })),
      });
      const compiled = compileTariff(tariff);
      const incomes = Array.from({ length: top + 1 }, (_, cents) => {
        const basis = money(BigInt(cents), 'USD');
        const answer = quote(compiled, { basis, elements: { d: basis } });
        if (isRefusal(answer)) throw new Error(answer.message);
        return payee === 'receives' ? answer.amount.minor : BigInt(cents) - answer.amount.minor;
      });
      const falls = incomes.flatMap((income, cents) =>
        cents > 0 && income < incomes[cents - 1]! ? [BigInt(cents)] : [],
      );
      const report = cliffs(tariff, { along: 'd', payee });
      const found = report.cliffs.map(({ at }) => at.minor);
      expect(found.toSorted((left, right) => Number(left - right))).toEqual(falls);
      seen[falls.length > 0 ? 'some' : 'none'] += 1;
    }),
    { numRuns: 300 },
  );
  expect(Math.min(seen.some, seen.none)).toBeGreaterThan(10);
});
