import { expect, test } from 'vitest';
import { transferSource } from './transfers.ts';
import { randomFrom, zipf } from './zipf.ts';

test('ranks are drawn as often as the law says', () => {
  const count = 1_000;
  const draws = 200_000;
  const draw = zipf(count, 2, randomFrom(7));
  const seen = new Array<number>(count).fill(0);
  for (let index = 0; index < draws; index += 1) {
    const rank = draw();
    seen[rank] = (seen[rank] ?? 0) + 1;
  }
  const weight = (rank: number): number => 1 / (rank + 1) ** 2;
  const total = seen.reduce((sum, _, rank) => sum + weight(rank), 0);
  for (const rank of [0, 1, 2, 9]) {
    const expected = (weight(rank) / total) * draws;
    // Six standard deviations of a binomial count.
    expect(Math.abs((seen[rank] ?? 0) - expected)).toBeLessThan(6 * Math.sqrt(expected));
  }
});

test('the same seed draws the same numbers, all from 0 up to 1', () => {
  const [one, other] = [randomFrom(42), randomFrom(42)];
  for (let index = 0; index < 1_000; index += 1) {
    const number = one();
    expect(number).toBe(other());
    expect(number).toBeGreaterThanOrEqual(0);
    expect(number).toBeLessThan(1);
  }
});

test('transfers go between two accounts, with ids in the order of time', () => {
  const transfers = transferSource(20, 1)(500);
  const ids = transfers.map(({ id }) => id);
  expect(new Set(ids).size).toBe(500);
  expect(ids.toSorted()).toEqual(ids);
  expect(
    transfers.filter(({ debitAccount, creditAccount }) => debitAccount === creditAccount),
  ).toEqual([]);
  expect(transferSource(20, 1)(500)).toEqual(transfers);
});
