import { expect, test } from 'vitest';
import { instantMs } from './instant.ts';

test.each([
  ['2017-07-01T09:30:00Z', Date.UTC(2017, 6, 1, 9, 30)],
  ['2017-07-01T09:30Z', Date.UTC(2017, 6, 1, 9, 30)],
  ['2017-07-01T17:30:00.250+08:00', Date.UTC(2017, 6, 1, 9, 30, 0, 250)],
  ['2016-02-29T00:00:00.5Z', Date.UTC(2016, 1, 29, 0, 0, 0, 500)],
])('%s is an instant', (text, expected) => {
  expect(instantMs(text)).toBe(expected);
});

test.each([
  ['', 'nothing'],
  ['2017-07-01', 'no time'],
  ['2017-07-01T09:30:00', 'no zone'],
  ['2017-07-01 09:30:00Z', 'a space instead of T'],
  ['2017-02-30T00:00:00Z', 'a day that the month does not have'],
  ['2017-02-29T00:00:00Z', '29 February of no leap year'],
  ['2017-13-01T00:00:00Z', 'a thirteenth month'],
  ['2017-07-01T24:00:00Z', 'a twenty-fifth hour'],
  ['2017-07-01T09:30:00.1234Z', 'finer than a millisecond'],
  ['2017-07-01T09:30:00+16:00', 'a zone that PostgreSQL does not read'],
  ['+002017-07-01T09:30:00Z', 'an expanded year'],
])('"%s" is none: %s', (text) => {
  expect(instantMs(text)).toBeUndefined();
});
