import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseSubAccount, type Route } from './choose-sub-account.ts';
import { defaultRule } from './settlement-rule.ts';

const rule = defaultRule(100n);

function choose(sequence: bigint, balancesMinor: bigint[], amountMinor: bigint): Route | null {
  return chooseSubAccount({ sequence, balancesMinor, rule, amountMinor });
}

describe('claims 2, 3, 6, 7: task j goes to sub-account j mod size, or to the next above', () => {
  test.each<[string, bigint, bigint[], bigint, number]>([
    ['task 0', 0n, [100n, 100n, 100n], 10n, 0],
    ['task 2', 2n, [100n, 100n, 100n], 10n, 2],
    ['task 3 starts again', 3n, [100n, 100n, 100n], 10n, 0],
    ['a number beyond any float', 9_007_199_254_740_993n, [100n, 100n, 100n, 100n], 10n, 1],
    ['k below the threshold: k+1', 1n, [100n, 99n, 100n], 10n, 2],
    ['k and k+1 below: k+2', 1n, [100n, 99n, 99n], 10n, 0],
    ['one at the threshold is good enough', 1n, [500n, 100n], 100n, 1],
    ['one below it is passed over though it covers the draw', 1n, [500n, 99n], 99n, 0],
    ['a larger draw goes to the first healthy one that covers it', 0n, [100n, 250n, 300n], 200n, 1],
    ['none is healthy: the first that covers the draw', 0n, [5n, 50n, 60n], 50n, 1],
  ])('%s', (_, sequence, balancesMinor, amountMinor, number) => {
    expect(choose(sequence, balancesMinor, amountMinor)).toEqual([{ number, amountMinor }]);
  });
});

describe('a draw larger than any single balance sweeps siblings', () => {
  test.each<[string, bigint, bigint[], bigint, [number, bigint][]]>([
    ['from k on', 1n, [100n, 150n, 100n], 200n, [[1, 150n], [2, 50n]]], // prettier-ignore
    ['round to the start', 2n, [100n, 100n, 100n], 150n, [[2, 100n], [0, 50n]]], // prettier-ignore
    ['past empty ones', 0n, [100n, 0n, 100n], 150n, [[0, 100n], [2, 50n]]], // prettier-ignore
    ['to the last unit', 1n, [1n, 1n, 1n], 3n, [[1, 1n], [2, 1n], [0, 1n]]], // prettier-ignore
  ])('%s', (_, sequence, balancesMinor, amountMinor, parts) => {
    expect(choose(sequence, balancesMinor, amountMinor)).toEqual(
      parts.map(([number, part]) => ({ number, amountMinor: part })),
    );
  });
});

test('nobody pays what all together do not hold', () => {
  expect(choose(0n, [100n, 100n], 201n)).toBeNull();
});

test('a draw of zero or less is a bug', () => {
  expect(() => choose(0n, [100n], 0n)).toThrow(RangeError);
});

test('a route exists exactly when the total covers the draw; it adds up within balances', () => {
  const balance = fc.bigInt({ min: 0n, max: 300n });
  fc.assert(
    fc.property(
      fc.array(balance, { minLength: 1, maxLength: 64 }),
      fc.bigInt({ min: 0n, max: 10_000n }),
      fc.bigInt({ min: 1n, max: 5_000n }),
      (balancesMinor, sequence, amountMinor) => {
        const route = choose(sequence, balancesMinor, amountMinor);
        const total = balancesMinor.reduce((left, right) => left + right, 0n);
        expect(route !== null).toBe(total >= amountMinor);
        if (route === null) return;
        expect(route.reduce((sum, part) => sum + part.amountMinor, 0n)).toBe(amountMinor);
        expect(new Set(route.map(({ number }) => number)).size).toBe(route.length);
        for (const part of route) {
          expect(part.amountMinor).toBeGreaterThan(0n);
          expect(part.amountMinor).toBeLessThanOrEqual(balancesMinor[part.number]!);
        }
      },
    ),
  );
});
