import type { WeekFile } from '@sluice/datasets';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesOf, type Names } from './names.ts';

function names(
  weeks: readonly number[],
  source: 'complete-journey' | 'generated' = 'complete-journey',
): Names {
  return namesOf({ source, weeks: weeks.map((week) => ({ week }) as WeekFile) });
}

test('everything is called after the pool, and the pool after its data and weeks', () => {
  expect(names([27, 28, 29, 30])).toEqual({
    poolId: 'cj-2017-w27-30',
    mainAccountId: 'cj-2017-w27-30-payouts',
    bulkBatch: 'cj-2017-w27-30-bulk',
    singleBatch: 'cj-2017-w27-30-single',
  });
  expect(names([27], 'generated').poolId).toBe('generated-2017-w27');
  expect(names([1, 3, 4]).poolId).toBe('cj-2017-w1.3-4');
});

const anyWeeks = fc
  .uniqueArray(fc.integer({ min: 1, max: 53 }), { minLength: 1 })
  .map((weeks) => weeks.toSorted((left, right) => left - right));

test('other weeks are another pool', () => {
  fc.assert(
    fc.property(anyWeeks, anyWeeks, (left, right) => {
      const same = JSON.stringify(left) === JSON.stringify(right);
      expect(names(left).poolId === names(right).poolId).toBe(same);
    }),
  );
});

test('a name fits where it goes: accounts, main accounts, and payouts of 80 characters', () => {
  fc.assert(
    fc.property(anyWeeks, (weeks) => {
      const { poolId, mainAccountId } = names(weeks, 'generated');
      expect(mainAccountId).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
      const longestSeller = 'x'.repeat(40);
      expect(`${poolId}/${longestSeller}/100`).toMatch(/^[A-Za-z0-9._:/@-]{1,80}$/);
    }),
  );
});
