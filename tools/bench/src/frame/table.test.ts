import { describe, expect, test } from 'vitest';
import { layOut, showNumber, showResults, showSpread } from './table.ts';

test.each([
  [0, '0'],
  [0.000625, '0.000625'],
  [1.23456, '1.23'],
  [999.4, '999'],
  [1_234.5, '1,235'],
  [63_000_123, '63,000,123'],
  [-1_500, '-1,500'],
  [Infinity, 'Infinity'],
])('the number %d is shown as %s', (value, text) => {
  expect(showNumber(value)).toBe(text);
});

describe('a spread', () => {
  test('is half the distance of the extremes in percent of the median', () => {
    expect(showSpread({ median: 200, min: 180, max: 230 })).toBe('± 13 %');
  });

  test('is left out where all values are one, and where the median is no measure', () => {
    expect(showSpread({ median: 5, min: 5, max: 5 })).toBe('');
    expect(showSpread({ median: 0, min: -1, max: 1 })).toBe('');
  });
});

test('columns are as wide as they need, the first to the left and the others to the right', () => {
  expect(
    layOut(
      ['', 'n'],
      [
        ['long name', '1'],
        ['b', '1,000'],
      ],
    ),
  ).toBe(
    ['               n', '---------  -----', 'long name      1', 'b          1,000'].join('\n'),
  );
});

test('results are laid out with their unit, spread and ratio', () => {
  const spread = { median: 1_000, min: 900, max: 1_100 };
  const result = { name: 'fast', unit: '/s', values: [900, 1_000, 1_100], spread };
  const ratio = { to: 'slow', spread: { median: 12.34, min: 12, max: 13 } };
  expect(showResults([{ ...result, ratio }]).split('\n')).toEqual([
    '      median  unit  spread        ratio',
    '----  ------  ----  ------  -----------',
    'fast   1,000    /s  ± 10 %  12.3 x slow',
  ]);
});
