import { isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWeeks } from './weeks.ts';

describe('parseWeeks', () => {
  it.each([
    ['27-30', [27, 28, 29, 30]],
    ['27', [27]],
    ['1,3-4', [1, 3, 4]],
    ['30, 27-28', [27, 28, 30]],
    ['4-4,3-5,4', [3, 4, 5]],
    ['53', [53]],
  ])('reads %s', (text, weeks) => {
    expect(parseWeeks(text)).toEqual(weeks);
  });

  it.each(['', ' ', '0', '54', '1-54', '5-3', '1,,2', '1-', '-1', '1.5', 'all', '1-2-3', '١'])(
    'refuses "%s" and says what to write',
    (text) => {
      expect(parseWeeks(text)).toMatchObject({
        code: 'WEEKS_INVALID',
        message: expect.stringContaining('Write weeks like 27-30') as string,
      });
    },
  );

  it('names the part that is wrong', () => {
    expect(parseWeeks('1-3,60')).toMatchObject({ details: { text: '1-3,60', part: '60' } });
  });

  it('gives back any set of weeks, ascending and each once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 53 }), { minLength: 1 }), (weeks) => {
        const ascending = [...new Set(weeks)].sort((left, right) => left - right);
        expect(parseWeeks(weeks.join(','))).toEqual(ascending);
      }),
    );
  });

  it('answers any text with weeks of the year or a refusal', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const weeks = parseWeeks(text);
        if (isRefusal(weeks)) return;
        expect(weeks.length).toBeGreaterThan(0);
        expect(weeks.every((week) => week >= 1 && week <= 53)).toBe(true);
      }),
    );
  });
});
