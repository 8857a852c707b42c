import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spreadOf, summarise } from './statistics.ts';

describe('the spread of some values', () => {
  test.each([
    [[3], { median: 3, min: 3, max: 3 }],
    [[9, 1, 5], { median: 5, min: 1, max: 9 }],
    [[4, 1, 2, 9], { median: 3, min: 1, max: 9 }],
    [[10, 9], { median: 9.5, min: 9, max: 10 }],
  ])('of %j', (values, expected) => {
    expect(spreadOf(values)).toEqual(expected);
  });

  test('has a median that as many values lie below as above', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(values, (some) => {
        const { median, min, max } = spreadOf(some);
        const below = some.filter((value) => value < median).length;
        const above = some.filter((value) => value > median).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(some.length / 2);
        expect(min).toBe(Math.min(...some));
        expect(max).toBe(Math.max(...some));
      }),
    );
  });

  test('is an error for no values', () => {
    expect(() => spreadOf([])).toThrow('there is no value');
  });
});

describe('rounds', () => {
  test('become one result per row, each ratio taken within its own round', () => {
    const round = (fast: number, slow: number) => [
      { name: 'fast', value: fast, unit: '/s', ratioTo: 'slow' },
      { name: 'slow', value: slow, unit: '/s' },
    ];
    // The medians alone would give 300 / 20 = 15.
    expect(summarise([round(100, 10), round(300, 20), round(800, 100)])).toEqual([
      {
        name: 'fast',
        unit: '/s',
        values: [100, 300, 800],
        spread: { median: 300, min: 100, max: 800 },
        ratio: { to: 'slow', spread: { median: 10, min: 8, max: 15 } },
      },
      {
        name: 'slow',
        unit: '/s',
        values: [10, 20, 100],
        spread: { median: 20, min: 10, max: 100 },
        ratio: null,
      },
    ]);
  });

  test('that lack a row are a fault of the bench', () => {
    const row = { name: 'a', value: 1, unit: 's' };
    expect(() => summarise([[row], []])).toThrow('a round has no row "a"');
    expect(() => summarise([[{ ...row, ratioTo: 'b' }]])).toThrow('a round has no row "b"');
  });

  test('may be none', () => {
    expect(summarise([])).toEqual([]);
  });
});
