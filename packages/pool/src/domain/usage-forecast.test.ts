import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastModel, forecastUsage } from './usage-forecast.ts';

const forecast = (weeklyMinor: readonly bigint[], weeks: number): readonly bigint[] => {
  const made = forecastUsage({ sellerId: 'store-1', weeklyMinor }, weeks);
  return [made.expectedMinor, made.lowerMinor, made.upperMinor];
};

describe('forecastUsage', () => {
  // By hand: 100, 200, 300 have mean 200 and deviation 100; two weeks vary by
  // 100 * sqrt(2 + 4/3) = 182.57, the band is 1.96 times that, 357.84.
  test.each([
    ['no history', [], 4, [0n, 0n, 0n]],
    ['one week', [700n], 4, [2_800n, 2_800n, 2_800n]],
    ['equal weeks', [500n, 500n, 500n], 4, [2_000n, 2_000n, 2_000n]],
    ['three weeks for two', [100n, 200n, 300n], 2, [400n, 42n, 758n]],
    ['three weeks for one', [100n, 200n, 300n], 1, [200n, 0n, 427n]],
    ['only the last 8 weeks', [9_999n, ...Array<bigint>(8).fill(10n)], 1, [10n, 10n, 10n]],
    ['a third of a unit', [0n, 0n, 1n], 1, [0n, 0n, 2n]],
    ['more given back than used', [-500n, -500n], 4, [0n, 0n, 0n]],
  ])('%s', (_title, weekly, weeks, expected) => {
    expect(forecast(weekly, weeks)).toEqual(expected);
  });

  test('names its seller and its model', () => {
    expect(forecastUsage({ sellerId: 'store-7', weeklyMinor: [1n] }, 1)).toMatchObject({
      sellerId: 'store-7',
      model: forecastModel,
    });
  });

  test.each([0, -1, 1.5, Number.NaN])('a period of %s weeks is a bug of the caller', (weeks) => {
    expect(() => forecast([1n], weeks)).toThrow(RangeError);
  });

  test('agrees with the formula in floating point, and the band holds the expectation', () => {
    const weekly = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(weekly, fc.integer({ min: 1, max: 13 }), (history, weeks) => {
        const [expected = 0n, lower = 0n, upper = 0n] = forecast(history, weeks);
        const values = history.map(Number);
        const count = values.length;
        const mean = values.reduce((left, right) => left + right) / count;
        const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        const spread = Math.sqrt(squares / (count - 1));
        const margin = 1.96 * spread * Math.sqrt(weeks + weeks ** 2 / count);
        expect(Math.abs(Number(expected) - mean * weeks)).toBeLessThan(1.001);
        expect(Math.abs(Number(upper) - (mean * weeks + margin))).toBeLessThan(1.001);
        expect(Math.abs(Number(lower) - Math.max(0, mean * weeks - margin))).toBeLessThan(1.001);
        expect(0n <= lower && lower <= expected && expected <= upper).toBe(true);
      }),
    );
  });

  test('stays exact where a float has no cents any more', () => {
    const huge = 10n ** 17n + 1n;
    expect(forecast([huge, huge], 3)).toEqual([huge * 3n, huge * 3n, huge * 3n]);
  });
});
