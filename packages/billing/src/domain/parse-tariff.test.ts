import { readFileSync } from 'node:fs';
import { expectAnswer, isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { csvToMessage, parseTariff } from '../index.ts';
import { handlingFee, subsidyShare, transferFee } from '../testing/tariffs.ts';

function faultsOf(json: unknown): readonly string[] {
  const answer = parseTariff(json);
  if (!isRefusal(answer)) return [];
  expect(answer.code).toBe('TARIFF_INVALID');
  return answer.details['faults'] as readonly string[];
}

const [kind, discount] = subsidyShare.dimensions;
const withIntervals = (...intervals: readonly object[]): object => ({
  ...subsidyShare,
  dimensions: [kind, { ...discount, intervals }],
});

test('a message becomes one canonical tariff, its dimensions in the stored order', () => {
  const tariff = expectAnswer(parseTariff(transferFee));
  expect(tariff.dimensions.map(({ name }) => name)).toEqual(['channel', 'amount', 'count']);
  expect(tariff.dimensions[1]).toEqual({
    name: 'amount',
    type: 'money',
    intervals: [
      { number: 1, from: '0.00', fromIncluded: false, to: '10000.00', toIncluded: true },
      { number: 2, from: '10000.00', fromIncluded: false, to: '100000.00', toIncluded: true },
      { number: 3, from: '100000.00', fromIncluded: false, to: null, toIncluded: false },
    ],
  });
  expect(tariff.rates).toHaveLength(12);
  expect(tariff.rates[6]).toEqual({ cell: '2-1-1', rate: { kind: 'flat', amount: '5.50' } });
});

const documented = (file: string, language: string): string => {
  const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  return new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(text)?.[1] ?? '';
};

test('the documented message is the subsidy share, as JSON and as CSV', () => {
  const json: unknown = JSON.parse(documented('tariff-message.md', 'json'));
  expect(json).toEqual(subsidyShare);
  const csv = expectAnswer(csvToMessage(documented('tariff-csv.md', 'csv')));
  expect(parseTariff(csv)).toEqual(parseTariff(json));
});

test('two ways to write one tariff are one tariff', () => {
  const [, faceValue2] = handlingFee.rates;
  const other = {
    ...handlingFee,
    dimensions: [
      {
        name: 'faceValue',
        type: 'money',
        intervals: [
          { from: '0', fromIncluded: true, to: '5', toIncluded: false },
          { from: '5.00', to: null, toIncluded: false },
        ],
      },
    ],
    rates: [faceValue2, { cell: { faceValue: 1 }, flat: '0.08' }],
  };
  expect(parseTariff(other)).toEqual(parseTariff(handlingFee));
});

describe('each fault is told with an example', () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    [
      'a cell without rate',
      { ...subsidyShare, rates: subsidyShare.rates.filter((_, line) => line !== 3) },
      ['kind loyalty, discount 1.00: no rate'],
    ],
    [
      'a cell with two rates',
      {
        ...subsidyShare,
        rates: [...subsidyShare.rates, { cell: { kind: '*', discount: 3 }, flat: '0.00' }],
      },
      [
        'kind coupon, discount 5.00: rates 1 and 6 both price it',
        'kind match, discount 5.00: rates 2 and 6 both price it',
        'kind loyalty, discount 5.00: rates 5 and 6 both price it',
      ],
    ],
    [
      'a gap between intervals',
      withIntervals(
        { from: '0.00', to: '1.00' },
        { from: '1.00', fromIncluded: false, to: '5.00' },
        { from: '7.00', to: null },
      ),
      [
        'discount 1.00 hits no interval, interval 2 begins above it',
        'discount 5.00 hits no interval, interval 3 begins above it',
      ],
    ],
    [
      'an overlap of intervals',
      withIntervals(
        { from: '0.00', to: '1.00' },
        { from: '1.00', to: '100.00', toIncluded: true },
        { from: '100.00', to: null },
      ),
      ['discount 100.00 hits intervals 2 and 3'],
    ],
    [
      'three intervals over one amount',
      withIntervals(
        { from: null, to: '1.00' },
        { from: null, to: '5.00' },
        { from: null, to: null },
      ),
      ['discount 0.99 hits intervals 1, 2 and 3', 'discount 4.99 hits intervals 2 and 3'],
    ],
    [
      'intervals out of order',
      withIntervals(
        { from: '1.00', to: '5.00' },
        { from: '0.00', to: '1.00' },
        { from: '5.00', to: null },
      ),
      ['discount interval 2 begins below interval 1: list them in ascending order'],
    ],
    [
      'an interval that holds nothing',
      withIntervals(
        { from: '0.00', to: '1.00' },
        { from: '1.00', to: '1.00' },
        { from: '1.00', to: null },
      ),
      [
        'discount interval 2 (from 1.00 to below 1.00 USD) holds nothing: ' +
          'its lower end must be below its upper end',
      ],
    ],
    [
      'a bound in another form',
      withIntervals(
        { from: '0.00', to: '1.5' },
        { from: '1.50', to: '5.00' },
        { from: '5.00', to: null },
      ),
      [
        'discount interval 1 (from 0.00 to below 1.5 USD) has a bound that is ' +
          'no plain decimal of USD such as 0.12',
      ],
    ],
    [
      'an order that is no permutation',
      { ...subsidyShare, order: ['kind', 'kind', 'amount'] },
      [
        'order names "kind" more than once',
        'order leaves out the dimension "discount"',
        'order names "amount", which is no dimension',
      ],
    ],
    [
      'two dimensions of one name',
      { ...subsidyShare, dimensions: [kind, discount, kind] },
      ['two dimensions have the name "kind"'],
    ],
    [
      'an enumeration with a value twice and a default of its own',
      {
        ...subsidyShare,
        dimensions: [
          { ...kind, values: ['coupon', 'match', 'loyalty', 'match'], default: 'rest' },
          discount,
        ],
      },
      [
        'kind lists "match" more than once',
        'kind has the default "rest", which is none of its values',
      ],
    ],
    [
      'cells that name what is not there',
      {
        ...handlingFee,
        rates: [
          { cell: { faceValue: 3 }, flat: '0.08' },
          { cell: { faceValue: '1' }, flat: '0.08' },
          { cell: { faceValue: '*', kind: 'coupon' }, flat: '0.08' },
          { cell: {}, flat: '0.08' },
        ],
      },
      [
        'rate 1 has faceValue 3: use an interval\'s number, 1 to 2, or "*" for all',
        'rate 2 has faceValue "1": use an interval\'s number, 1 to 2, or "*" for all',
        'rate 3 names "kind", which is no dimension',
        'rate 4 leaves out faceValue: use an interval\'s number, 1 to 2, or "*" for all',
        'faceValue 0.00: no rate',
        'faceValue 5.00: no rate',
      ],
    ],
    [
      'rates that are none',
      {
        ...handlingFee,
        rates: [
          { cell: { faceValue: 1 }, flat: '0.08', proportion: '0.1' },
          { cell: { faceValue: 2 }, proportion: '-0.1' },
        ],
      },
      [
        'rate 1: write exactly one of flat, proportion, perUnit, package, graduated, volume, ' +
          'greaterOf',
        'rate 2: the proportion -0.1 is negative',
      ],
    ],
    [
      'amounts of another currency',
      { ...handlingFee, currency: 'JPY' },
      [
        'faceValue interval 1 (from 0.00 to below 5.00 JPY) has a bound that is ' +
          'no plain decimal of JPY such as 12',
        'faceValue interval 2 (from 5.00 JPY) has a bound that is ' +
          'no plain decimal of JPY such as 12',
        'rate 1: "0.08" is not an amount of JPY: write it like 12',
        'rate 2: "0.12" is not an amount of JPY: write it like 12',
      ],
    ],
    [
      'a rounding finer than the currency',
      { ...handlingFee, rounding: { ...handlingFee.rounding, scale: 3 } },
      ['rounding.scale 3 does not fit USD: use 0 to 2'],
    ],
    [
      'a bad interval beside a missing rate, without a false example',
      {
        ...withIntervals({ from: '0.00', to: '5.00' }, { from: '1.00', to: null }),
        rates: [{ cell: { kind: '*', discount: 1 }, flat: '1.00' }],
      },
      [
        'discount 1.00 hits intervals 1 and 2',
        'kind coupon, discount interval 2: no rate',
        'kind match, discount interval 2: no rate',
        'kind loyalty, discount interval 2: no rate',
      ],
    ],
  ];
  test.each(cases)('%s', (_, json, faults) => {
    expect(faultsOf(json)).toEqual(faults);
  });
});

describe('a message of the wrong shape tells where', () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['nothing', undefined, ['Invalid input: expected object, received undefined']],
    ['an unknown key', { ...handlingFee, fee: '0.1' }, ['Unrecognized key: "fee"']],
    [
      'a currency',
      { ...handlingFee, currency: 'XXQ' },
      ['currency: use an ISO 4217 code such as CNY'],
    ],
    [
      'a day',
      { ...handlingFee, effectiveFrom: '2017-02-29' },
      ['effectiveFrom: write the day like 2017-07-01'],
    ],
    [
      'the year 0',
      { ...handlingFee, effectiveFrom: '0000-01-01' },
      ['effectiveFrom: the calendar has no year 0'],
    ],
    [
      'a number for money',
      { ...handlingFee, rates: [{ cell: { faceValue: '*' }, flat: 0.08 }] },
      ['rates 1, flat: Invalid input: expected string, received number'],
    ],
    [
      'an open end that is included',
      withIntervals({ from: '0.00', to: null, toIncluded: true }),
      [
        'dimensions 2, intervals 1: an interval without upper end cannot include it: ' +
          'drop toIncluded',
      ],
    ],
    [
      'the wildcard as a value',
      { ...subsidyShare, dimensions: [{ ...kind, values: ['*'] }, discount] },
      ['dimensions 1, values 1: "*" stands for all intervals and cannot be a value'],
    ],
    [
      'an id with a colon',
      { ...handlingFee, id: 'a:b' },
      ['id: use letters, digits, ".", "_" and "-"'],
    ],
  ];
  test.each(cases)('%s', (_, json, faults) => {
    expect(faultsOf(json)).toEqual(faults);
  });

  test('the refusal names the tariff and counts', () => {
    expect(parseTariff({ ...handlingFee, rates: [] })).toMatchObject({
      message:
        'tariff handling-fee-2017 was not taken, 2 faults: ' +
        'faceValue 0.00: no rate; faceValue 5.00: no rate',
      details: { tariff: 'handling-fee-2017' },
    });
  });
});

describe('a table that is far too large', () => {
  const wide = (name: string): object => ({
    name,
    type: 'enumeration',
    values: Array.from({ length: 1025 }, (_, place) => `v${place}`),
  });
  const large = { ...handlingFee, order: ['a', 'b'], dimensions: [wide('a'), wide('b')] };

  test('is refused before its cells are looked at', () => {
    expect(faultsOf(large)).toEqual([
      'the dimensions span 1050625 cells, at most 1048576 are possible',
    ]);
  });

  test('with a thousand holes shows some and counts the rest', () => {
    const one = { ...handlingFee, order: ['a'], dimensions: [wide('a')], rates: [] };
    const faults = faultsOf(one);
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toBe('925 more cells have no rate');
  });

  test('with a thousand overlaps is refused at once', () => {
    const rates = Array.from({ length: 5000 }, () => ({ cell: { a: '*' }, flat: '1.00' }));
    const one = { ...handlingFee, order: ['a'], dimensions: [wide('a')], rates };
    expect(faultsOf(one).length).toBeGreaterThanOrEqual(100);
  });
});
