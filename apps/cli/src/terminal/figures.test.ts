import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counted, grouped, showMinor } from './figures.ts';

test.each([
  ['', ''],
  ['0.00', '0.00'],
  ['999.99', '999.99'],
  ['1000.00', '1,000.00'],
  ['-1234567.89', '-1,234,567.89'],
  ['-123.4567', '-123.4567'],
  [1000, '1,000'],
  [12n, '12'],
])('%s is shown as %s', (figure, shown) => {
  expect(grouped(figure)).toBe(shown);
});

test('separators never change a figure', () => {
  fc.assert(
    fc.property(fc.bigInt(), (minor) => {
      expect(grouped(minor).replaceAll(',', '')).toBe(String(minor));
      expect(grouped(minor)).toMatch(/^-?\d{1,3}(,\d{3})*$/);
    }),
  );
});

test('an amount has the decimal places of its currency', () => {
  expect(showMinor(123456n, 'USD')).toBe('1,234.56');
  expect(showMinor(123456n, 'JPY')).toBe('123,456');
});

test('one is singular', () => {
  expect([0, 1, 1200].map((n) => counted(n, 'row'))).toEqual(['0 rows', '1 row', '1,200 rows']);
  expect(counted(2, 'seller is', 'sellers are')).toBe('2 sellers are');
});
