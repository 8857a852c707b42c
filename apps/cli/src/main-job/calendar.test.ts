import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { historyWeeks, spanOf, weekEnd, weekStart } from './calendar.ts';

test.each([
  [1, '2017-01-01', '2017-01-01'],
  [2, '2017-01-02', '2017-01-08'],
  [27, '2017-06-26', '2017-07-02'],
  [53, '2017-12-25', '2017-12-31'],
])('week %i lasts from %s to %s', (week, first, last) => {
  expect([weekStart(week), weekEnd(week)]).toEqual([first, last]);
});

test('each week begins on the day after the one before', () => {
  for (let week = 2; week <= 53; week += 1) {
    const dayAfter = Date.parse(weekEnd(week - 1)) + 86_400_000;
    expect(weekStart(week)).toBe(new Date(dayAfter).toISOString().slice(0, 10));
  }
});

describe('the weeks that a pool is sized from', () => {
  const later = 'The data begins with the year: the pool is sized from later weeks, ';
  const own = 'No other weeks are left to look at: the pool is sized from its own, ';
  test.each([
    [[27, 28, 29, 30], [19, 20, 21, 22, 23, 24, 25, 26], null],
    [[10], [2, 3, 4, 5, 6, 7, 8, 9], null],
    [[6], [2, 3, 4, 5], null],
    [[53], [45, 46, 47, 48, 49, 50, 51, 52], null],
    [[5], [6, 7, 8, 9, 10, 11, 12, 13], `${later}6-13.`],
    [[1, 2, 3, 4], [5, 6, 7, 8, 9, 10, 11, 12], `${later}5-12.`],
    [[1, 40], [41, 42, 43, 44, 45, 46, 47, 48], `${later}41-48.`],
    [[4, 50], [4, 50], `${own}4,50.`],
    [[1, 51], [51], `${own}51.`],
  ])('%j are %j', (weeks, expected, notice) => {
    expect(historyWeeks(weeks)).toEqual({ weeks: expected, notice });
  });

  test('are its own when the whole year is in it', () => {
    const year = Array.from({ length: 53 }, (_, index) => index + 1);
    expect(historyWeeks(year)).toEqual({ weeks: [2, 3, 4, 5, 6, 7, 8, 9], notice: `${own}2-9.` });
  });

  test('are one to eight weeks of the year, ascending, and no week 1 unless it is alone', () => {
    const week = fc.integer({ min: 1, max: 53 });
    const anyWeeks = fc.uniqueArray(week, { minLength: 1 });
    fc.assert(
      fc.property(anyWeeks, (picked) => {
        const weeks = picked.toSorted((left, right) => left - right);
        const history = historyWeeks(weeks).weeks;
        expect(history.length).toBeGreaterThanOrEqual(1);
        expect(history.length).toBeLessThanOrEqual(8);
        expect(history).toEqual([...new Set(history)].sort((left, right) => left - right));
        expect(history.every((one) => one >= 1 && one <= 53)).toBe(true);
        if (weeks.some((one) => one > 1)) expect(history).not.toContain(1);
      }),
    );
  });
});

test.each([
  [[27], '27'],
  [[27, 28, 29, 30], '27-30'],
  [[1, 3, 4, 9], '1,3-4,9'],
  [[], ''],
])('%j is written %s', (weeks, text) => {
  expect(spanOf(weeks)).toBe(text);
});
