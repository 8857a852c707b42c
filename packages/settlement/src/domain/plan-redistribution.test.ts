import { allocate, expectAnswer, money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  equalShares,
  nextSize,
  planMoves,
  planRedistribution,
  type AccountBalance,
  type Move,
} from './plan-redistribution.ts';

function accountsOf(prefix: string, balancesMinor: readonly bigint[]): readonly AccountBalance[] {
  return balancesMinor.map((balanceMinor, number) => ({
    code: `${prefix}${number}`,
    balanceMinor,
  }));
}

function apply(accounts: readonly AccountBalance[], moves: readonly Move[]): Map<string, bigint> {
  const held = new Map(accounts.map(({ code, balanceMinor }) => [code, balanceMinor]));
  for (const { from, to, amountMinor } of moves) {
    held.set(from, held.get(from)! - amountMinor);
    held.set(to, (held.get(to) ?? 0n) + amountMinor);
  }
  return held;
}

describe('claim 1: the next generation is smaller, and each of it starts at the threshold', () => {
  test.each<[string, number, bigint, number]>([
    ['one less when the money is plenty', 8, 10_000n, 7],
    ['as many as the money fills', 8, 350n, 3],
    ['exactly filled', 8, 300n, 3],
    ['one unit short of the third', 8, 299n, 2],
    ['never less than one', 8, 99n, 1],
    ['two become one', 2, 10_000n, 1],
  ])('%s', (_, size, totalMinor, next) => {
    expect(nextSize(size, totalMinor, 100n)).toBe(next);
  });
});

test('the whole balance moves in few transfers, the units left over to the lower numbers', () => {
  const plan = planRedistribution({
    accounts: accountsOf('old', [120n, 30n, 0n, 51n]),
    thresholdMinor: 100n,
    newCode: (number) => `new${number}`,
  });
  expect(plan).toEqual({
    size: 2,
    sharesMinor: [101n, 100n],
    moves: [
      { from: 'old0', to: 'new0', amountMinor: 101n },
      { from: 'old0', to: 'new1', amountMinor: 19n },
      { from: 'old1', to: 'new1', amountMinor: 30n },
      { from: 'old3', to: 'new1', amountMinor: 51n },
    ],
  });
});

const balances = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 2, maxLength: 64 });

test('every plan empties the old generation, levels the new one and keeps the total', () => {
  fc.assert(
    fc.property(balances, fc.bigInt({ min: 1n, max: 10n ** 14n }), (amounts, thresholdMinor) => {
      const accounts = accountsOf('old', amounts);
      const newCode = (number: number): string => `new${number}`;
      const plan = planRedistribution({ accounts, thresholdMinor, newCode });
      const total = amounts.reduce((left, right) => left + right, 0n);
      expect(plan.size).toBeGreaterThanOrEqual(1);
      expect(plan.size).toBeLessThan(amounts.length);
      const held = apply(accounts, plan.moves);
      for (const { code } of accounts) expect(held.get(code)).toBe(0n);
      plan.sharesMinor.forEach((share, number) => {
        expect(held.get(newCode(number)) ?? 0n).toBe(share);
        if (total >= thresholdMinor) expect(share).toBeGreaterThanOrEqual(thresholdMinor);
      });
      expect(plan.sharesMinor.reduce((left, right) => left + right, 0n)).toBe(total);
      expect(plan.moves.length).toBeLessThan(amounts.length + plan.size);
    }),
  );
});

test('equal shares are what allocate gives for equal weights', () => {
  const size = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), size, (total, count) => {
      const weights = Array.from({ length: count }, () => 1n);
      const allocated = expectAnswer(allocate(money(total, 'CNY'), weights));
      expect(equalShares(total, count)).toEqual(allocated.map(({ minor }) => minor));
    }),
  );
});

test('a redistribution cut off after any move is planned to the same end', () => {
  fc.assert(
    fc.property(balances, fc.integer({ min: 1, max: 64 }), fc.nat(), (amounts, size, cut) => {
      const from = accountsOf('old', amounts);
      const to = accountsOf('new', Array.from({ length: size }, () => 0n)); // prettier-ignore
      const moves = planMoves(from, to);
      const done = moves.slice(0, cut % (moves.length + 1));
      const held = apply([...from, ...to], done);
      const now = (accounts: readonly AccountBalance[]): readonly AccountBalance[] =>
        accounts.map(({ code }) => ({ code, balanceMinor: held.get(code)! }));
      expect(planMoves(now(from), now(to))).toSatisfy((rest: readonly Move[]) => {
        const end = apply([...now(from), ...now(to)], rest);
        const wanted = apply([...from, ...to], moves);
        return [...wanted].every(([code, amount]) => end.get(code) === amount);
      });
    }),
  );
});

test('balances that cannot be are a bug', () => {
  expect(() => planMoves(accountsOf('old', [-1n, 2n]), accountsOf('new', [0n]))).toThrow(/below/);
  expect(() => planMoves(accountsOf('old', [1n]), accountsOf('new', [9n, 0n]))).toThrow(/share/);
});
