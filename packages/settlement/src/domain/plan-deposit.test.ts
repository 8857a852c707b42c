import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planDeposit } from './plan-deposit.ts';

test.each<[string, bigint[], bigint, [number, bigint][]]>([
  [
    'a first funding is even, odd units to the lower numbers',
    [0n, 0n, 0n],
    200n,
    [
      [0, 67n],
      [1, 67n],
      [2, 66n],
    ],
  ],
  ['a small return goes to the lowest alone', [100n, 40n, 100n], 30n, [[1, 30n]]],
  ['up to the next one and no further', [100n, 40n, 100n], 60n, [[1, 60n]]],
  [
    'the lowest two are levelled',
    [100n, 40n, 50n],
    30n,
    [
      [1, 20n],
      [2, 10n],
    ],
  ],
  ['one sub-account takes all', [7n], 5n, [[0, 5n]]],
])('%s', (_, balancesMinor, amountMinor, parts) => {
  expect(planDeposit(balancesMinor, amountMinor)).toEqual(
    parts.map(([number, part]) => ({ number, amountMinor: part })),
  );
});

test('a deposit adds up, and what it touched is level and not above what it left alone', () => {
  const balances = fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(balances, fc.bigInt({ min: 1n, max: 100_000n }), (balancesMinor, amountMinor) => {
      const parts = planDeposit(balancesMinor, amountMinor);
      expect(parts.reduce((sum, part) => sum + part.amountMinor, 0n)).toBe(amountMinor);
      const after = [...balancesMinor];
      for (const part of parts) after[part.number] = after[part.number]! + part.amountMinor;
      const touched = parts.map(({ number }) => after[number]!);
      const lowest = touched.reduce((left, right) => (left < right ? left : right));
      const highest = touched.reduce((left, right) => (left > right ? left : right));
      expect(highest - lowest).toBeLessThanOrEqual(1n);
      for (const balance of after) expect(balance).toBeGreaterThanOrEqual(highest - 1n);
      for (const part of parts) expect(part.amountMinor).toBeGreaterThan(0n);
    }),
  );
});

test('a deposit of nothing, or into nothing, is a bug', () => {
  expect(() => planDeposit([1n], 0n)).toThrow(RangeError);
  expect(() => planDeposit([], 1n)).toThrow(RangeError);
});
