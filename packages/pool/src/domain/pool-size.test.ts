import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizePool } from './pool-size.ts';
import type { UsageForecast } from './usage-forecast.ts';

const forecast = (expectedMinor: bigint, upperMinor: bigint): UsageForecast => {
  return { sellerId: 's', expectedMinor, lowerMinor: 0n, upperMinor, model: 'test' };
};

test('a pool holds what its sellers are expected to use, and a reserve for their bands', () => {
  const size = sizePool([forecast(100n, 130n), forecast(0n, 0n), forecast(50n, 90n)]);
  expect(size).toEqual({ expectedMinor: 150n, reserveMinor: 70n, sizeMinor: 220n });
});

test('a pool without sellers is empty', () => {
  expect(sizePool([])).toEqual({ expectedMinor: 0n, reserveMinor: 0n, sizeMinor: 0n });
});

test('the size does not depend on how sellers are grouped or ordered', () => {
  const one = fc.tuple(fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 12n));
  fc.assert(
    fc.property(fc.array(one), fc.array(one), (left, right) => {
      const make = (pairs: readonly (readonly [bigint, bigint])[]): UsageForecast[] =>
        pairs.map(([expected, band]) => forecast(expected, expected + band));
      const both = sizePool([...make(right), ...make(left)]);
      const apart = [sizePool(make(left)), sizePool(make(right))];
      expect(both.sizeMinor).toBe(apart.reduce((sum, { sizeMinor }) => sum + sizeMinor, 0n));
      expect(both.sizeMinor).toBe(both.expectedMinor + both.reserveMinor);
    }),
  );
});
