import { expectAnswer, isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTariff, lookUpCell, parseTariff, type ElementValue } from '../index.ts';
import { faultsOfRate, oneCell } from '../testing/one-cell.ts';

/** A tariff of one dimension, `d`. */
const messageOf = (dimension: object): object =>
  oneCell(
    {},
    {
      dimensions: [{ name: 'd', ...dimension }],
      order: ['d'],
      rates: [{ cell: { d: '*' }, flat: '1.00' }],
    },
  );

function cellOf(dimension: object): (element: ElementValue) => string {
  const tariff = compileTariff(expectAnswer(parseTariff(messageOf(dimension))));
  return (element) => {
    const found = lookUpCell(tariff, { d: element });
    return isRefusal(found) ? found.code : found.cell;
  };
}

const faultsOf = (dimension: object): readonly string[] => faultsOfRate({}, messageOf(dimension));

const labelsOf = (dimension: object, element: ElementValue): string | undefined => {
  const tariff = compileTariff(expectAnswer(parseTariff(messageOf(dimension))));
  return expectAnswer(lookUpCell(tariff, { d: element })).intervals[0]?.label;
};

describe('days', () => {
  const days = {
    type: 'date',
    intervals: [
      { from: null, to: '2017-07-01' },
      { from: '2017-07-01', to: '2017-12-31', toIncluded: true },
      { from: '2018-01-01', to: null },
    ],
  };

  test.each([
    ['2017-06-30', '1'],
    ['2017-07-01', '2'],
    ['2017-07-02', '2'],
    ['2017-12-30', '2'],
    ['2017-12-31', '2'],
    ['2018-01-01', '3'],
    ['9999-12-31', '3'],
    ['2017-02-29', 'ELEMENT_WRONG_TYPE'],
    ['2017-07-01T00:00:00Z', 'ELEMENT_WRONG_TYPE'],
    ['today', 'ELEMENT_WRONG_TYPE'],
  ])('%s lies in %s', (day, cell) => {
    expect(cellOf(days)(day)).toBe(cell);
  });

  test('an instant is a day where the time zone says so', () => {
    const inShanghai = cellOf({ ...days, timeZone: 'Asia/Shanghai' });
    expect(inShanghai('2017-06-30T15:59:59.999999Z')).toBe('1');
    expect(inShanghai('2017-06-30T16:00:00Z')).toBe('2');
    expect(inShanghai('2017-06-30T16:00:00+08:00')).toBe('1');
    expect(inShanghai('2017-07-01')).toBe('2');
  });

  test('bounds may be written in another calendar', () => {
    const persian = {
      type: 'date',
      calendar: 'persian',
      intervals: [
        { from: '1395-01-01', to: '1396-01-01' },
        { from: '1396-01-01', to: null },
      ],
    };
    const year = cellOf(persian);
    expect(['2016-03-19', '2016-03-20', '2017-03-20', '2017-03-21'].map(year)).toEqual([
      'OUT_OF_RANGE',
      '1',
      '1',
      '2',
    ]);
    expect(labelsOf(persian, '2017-01-01')).toBe('from 1395-01-01 to below 1396-01-01 (persian)');
    const leap = {
      type: 'date',
      calendar: 'chinese',
      intervals: [
        { from: '2017-06-01', to: '2017-06L-01' },
        { from: '2017-06L-01', to: null },
      ],
    };
    expect(['2017-07-22', '2017-07-23'].map(cellOf(leap))).toEqual(['1', '2']);
  });

  test('a gap, an overlap and a day that is none are told with an example', () => {
    const at = (to: string, from: string): object => ({
      type: 'date',
      intervals: [
        { from: '2017-01-01', to },
        { from, to: null },
      ],
    });
    expect(faultsOf(at('2017-06-30', '2017-07-01'))).toEqual([
      'd 2017-06-30 hits no interval, interval 2 begins above it',
    ]);
    expect(faultsOf(at('2017-07-02', '2017-07-01'))).toEqual([
      'd 2017-07-01 hits intervals 1 and 2',
    ]);
    expect(faultsOf(at('2017-02-29', '2017-07-01'))[0]).toContain(
      'has a bound that is no day such as 1970-01-01 of the calendar iso8601',
    );
    expect(faultsOf({ ...at('2017-07-01', '2017-07-01'), calendar: 'martian' })).toEqual([
      'dimensions 1, calendar: use a calendar such as iso8601, persian or chinese',
    ]);
  });
});

describe('times', () => {
  const times = {
    type: 'time',
    timeZone: 'America/New_York',
    intervals: [
      { from: '2017-03-12T00:00', to: '2017-03-12T03:00' },
      { from: '2017-03-12T03:00', to: '2017-11-05T01:30-05:00', toIncluded: true },
      { from: '2017-11-05T01:30:00-05:00', fromIncluded: false, to: null },
    ],
  };

  test.each([
    ['2017-03-12T04:59:59.999999Z', 'OUT_OF_RANGE'],
    ['2017-03-12T05:00:00Z', '1'],
    ['2017-03-12T06:59:59.999999Z', '1'],
    ['2017-03-12T07:00:00Z', '2'],
    ['2017-11-05T05:30:00.000001Z', '2'],
    ['2017-11-05T06:30:00Z', '2'],
    ['2017-11-05T06:30:00.000001Z', '3'],
    ['2017-11-05T06:30:00.0000001Z', 'ELEMENT_WRONG_UNIT'],
    ['2017-11-05T06:30:00', 'ELEMENT_WRONG_TYPE'],
  ])('the instant %s lies in %s', (instant, cell) => {
    expect(cellOf(times)(instant)).toBe(cell);
  });

  test('a bound that the clock shows never, or twice without offset, is refused', () => {
    const fault = (bound: string): string | undefined =>
      faultsOf({ ...times, intervals: [{ from: bound, to: null }] })[0];
    expect(fault('2017-03-12T02:30')).toContain('has a bound that is no time such as');
    expect(fault('2017-11-05T01:30')).toContain('has a bound that is no time such as');
    expect(fault('2017-11-05T01:30-04:00')).toBeUndefined();
    expect(faultsOf({ ...times, timeZone: 'Mars/Olympus' })).toEqual([
      'dimensions 1, timeZone: use a time zone such as Asia/Shanghai or UTC',
    ]);
  });

  test('the wall clock of a day is a dimension of its own', () => {
    const clock = {
      type: 'timeOfDay',
      timeZone: 'Asia/Shanghai',
      intervals: [
        { from: '00:00', to: '08:30' },
        { from: '08:30', to: '20:00', toIncluded: true },
        { from: '20:00', fromIncluded: false, to: '24:00' },
      ],
    };
    const cell = cellOf(clock);
    expect(cell('2017-07-01T00:29:59.999999Z')).toBe('1');
    expect(cell('2017-07-01T00:30:00Z')).toBe('2');
    expect(cell('2017-07-01T12:00:00Z')).toBe('2');
    expect(cell('2017-07-01T12:00:00.000001Z')).toBe('3');
    expect(cell('2017-07-01T15:59:59.999999Z')).toBe('3');
    expect(cell('2017-07-01T16:00:00Z')).toBe('1');
    expect(labelsOf(clock, '2017-07-01T00:30:00Z')).toBe(
      'from 08:30:00 up to 20:00:00 Asia/Shanghai',
    );
  });
});

describe('sets', () => {
  const sets = {
    type: 'set',
    values: ['card', 'gift', 'points'],
    unlisted: 'ignore',
    classes: [
      { value: 'gift', with: ['gift'] },
      { value: 'card', with: ['card'], without: ['gift'] },
      { value: 'rest', without: ['card', 'gift'] },
    ],
  };

  test.each([
    [['gift'], '1'],
    [['points', 'card', 'gift', 'card'], '1'],
    [['card', 'points'], '2'],
    [['points'], '3'],
    [[], '3'],
    [['cash'], '3'],
    ['card', 'ELEMENT_WRONG_TYPE'],
  ])('%j lies in class %s', (element, cell) => {
    expect(cellOf(sets)(element)).toBe(cell);
  });

  test('a value that is not listed is refused where the tariff says so', () => {
    const strict = cellOf({ ...sets, unlisted: 'refuse' });
    expect(strict(['card', 'cash'])).toBe('OUT_OF_RANGE');
    expect(strict(['card'])).toBe('2');
    expect(labelsOf(sets, ['card'])).toBe('card (with card, without gift)');
  });

  test('classes that leave out a set, or share one, are refused with that set', () => {
    const [gift, card, rest] = sets.classes;
    expect(faultsOf({ ...sets, classes: [gift, card] })).toEqual([
      'd {} lies in no class',
      'd {points} lies in no class',
    ]);
    expect(faultsOf({ ...sets, classes: [gift, { value: 'card', with: ['card'] }, rest] })).toEqual(
      [
        'd {card, gift} lies in the classes gift and card',
        'd {card, gift, points} lies in the classes gift and card',
      ],
    );
    expect(faultsOf({ ...sets, classes: [{ value: 'x', with: ['cash'] }] })).toEqual([
      'd class "x" names "cash", which is none of its values',
    ]);
  });

  test('any classes are taken exactly when each set lies in one of them', () => {
    const values = ['a', 'b', 'c'];
    const some = fc.subarray(values);
    const classes = fc.array(fc.tuple(some, some), { minLength: 1, maxLength: 4 });
    const outcomes = new Set<boolean>();
    const nearly = fc.nat(7).map((bits): [string[], string[]][] => {
      const cut = values.map((value, place): [string[], string[]] =>
        bits & (1 << place) ? [[value], values.slice(0, place)] : [[value], []],
      );
      return [...cut, [[], values]];
    });
    fc.assert(
      fc.property(fc.oneof(classes, nearly), (pairs) => {
        const written = pairs.map(([add, drop], place) => ({
          value: `c${place}`,
          with: add,
          without: drop,
        }));
        const subsets = Array.from({ length: 8 }, (_, bits) =>
          values.filter((_value, place) => bits & (1 << place)),
        );
        const right =
          subsets.every(
            (subset) =>
              pairs.filter(
                ([add, drop]) =>
                  add.every((one) => subset.includes(one)) &&
                  !drop.some((one) => subset.includes(one)),
              ).length === 1,
          ) && pairs.every(([add, drop]) => !add.some((one) => drop.includes(one)));
        outcomes.add(right);
        const faults = faultsOf({ type: 'set', values, unlisted: 'refuse', classes: written });
        expect(faults.length === 0).toBe(right);
      }),
    );
    expect(outcomes.size).toBe(2);
  });
});

describe('any number of dimensions', () => {
  const wide = (count: number, size: number): object => {
    const names = Array.from({ length: count }, (_, place) => `d${place}`);
    const intervals = Array.from({ length: size }, (_, place) => ({
      from: String(place),
      to: String(place + 1),
    }));
    return oneCell(
      {},
      {
        dimensions: names.map((name) => ({
          name,
          type: 'number',
          unit: 'u',
          decimals: 0,
          intervals,
        })),
        order: names,
        rates: [{ cell: Object.fromEntries(names.map((name) => [name, '*'])), flat: '1.00' }],
      },
    );
  };

  test('twenty of two intervals are the most cells, and each key finds its own', () => {
    const tariff = compileTariff(expectAnswer(parseTariff(wide(20, 2))));
    const ask = (bits: number): string => {
      const elements = Object.fromEntries(
        tariff.dimensions.map(({ name }, place) => [
          name,
          { value: String((bits >> (19 - place)) & 1), unit: 'u' },
        ]),
      );
      return expectAnswer(lookUpCell(tariff, elements)).cell;
    };
    for (const bits of [0, 1, 2 ** 19, 2 ** 20 - 1, 0b1010_1010_1010_1010_1010]) {
      const digits = bits.toString(2).padStart(20, '0');
      expect(ask(bits)).toBe([...digits].map((digit) => Number(digit) + 1).join('-'));
    }
  });

  test.each([
    [21, 2, '2097152'],
    [64, 10, `1${'0'.repeat(64)}`],
  ])('%s of %s span too many cells and are refused with the exact count', (count, size, cells) => {
    expect(faultsOfRate({}, wide(count, size))).toEqual([
      `the dimensions span ${cells} cells, at most 1048576 are possible`,
    ]);
  });
});

describe('numbers that a message gives to intervals', () => {
  const numbered = {
    type: 'number',
    unit: 'u',
    decimals: 0,
    lastNumber: 9,
    intervals: [
      { number: 7, from: '0', to: '1' },
      { number: 2, from: '1', to: '2' },
    ],
  };

  test('name the cells, whatever the sequence', () => {
    const cell = cellOf(numbered);
    expect([cell({ value: '0', unit: 'u' }), cell({ value: '1', unit: 'u' })]).toEqual(['7', '2']);
  });

  test('are given once', () => {
    const [first] = numbered.intervals;
    expect(
      faultsOf({ ...numbered, intervals: [first, { number: 7, from: '1', to: '2' }] }),
    ).toEqual(['d gives the number 7 to more than one interval']);
  });

  test('a cell may be named through all versions, once', () => {
    const message = messageOf(numbered);
    const rates = (...ids: readonly (string | undefined)[]): object => ({
      rates: [7, 2].map((number, line) => ({
        cell: { d: number },
        flat: '1.00',
        cellId: ids[line],
      })),
    });
    const tariff = expectAnswer(parseTariff({ ...message, ...rates('v2.7', '2') }));
    expect(tariff.rates.map(({ cell, id }) => [cell, id])).toEqual([
      ['7', 'v2.7'],
      ['2', undefined],
    ]);
    expect(faultsOfRate({}, { ...message, ...rates('2', undefined) })).toEqual([
      'the cells 7 and 2 have one cellId, "2"',
    ]);
  });
});

describe('bounds beyond what a double tells apart', () => {
  const limit = 2n ** 53n;
  test.each([
    [limit - 3n, limit - 1n],
    [limit - 1n, limit + 1n],
    [10n ** 30n, 10n ** 30n + 1n],
  ])('from %s and %s on, each step lies on its own side', (first, second) => {
    const cell = cellOf({
      type: 'number',
      unit: 'u',
      decimals: 0,
      intervals: [
        { from: null, to: String(first) },
        { from: String(first), to: String(second) },
        { from: String(second), to: null },
      ],
    });
    const places = [-(10n ** 35n), first - 1n, first, second - 1n, second, second + 1n, 10n ** 35n];
    expect(places.map((steps) => cell({ value: String(steps), unit: 'u' }))).toEqual([
      ...['1', '1', '2', '2', '3', '3', '3'],
    ]);
  });
});
