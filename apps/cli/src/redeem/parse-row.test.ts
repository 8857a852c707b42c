import { isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { cells, header } from '../testing/redemption-csv.ts';
import { rowReader } from './parse-row.ts';

function readerOf(
  columns: readonly string[],
): Exclude<ReturnType<typeof rowReader>, { kind: 'refusal' }> {
  const reader = rowReader(columns);
  if (isRefusal(reader)) throw new Error(reader.message);
  return reader;
}

const read = readerOf(header);

describe('a row', () => {
  test('is a redemption, its amounts in minor units', () => {
    expect(read(cells(), 2)).toEqual({
      id: 'RED-1',
      sellerId: '367',
      userId: '84',
      productId: '883916',
      brandId: '103',
      quantity: 1,
      redeemedAt: '2017-07-03T10:15:00Z',
      currency: 'USD',
      paidMinor: 250n,
      couponValueMinor: 50n,
      loyaltyDiscountMinor: 20n,
      recordedMatchMinor: 50n,
      tillDecision: null,
    });
  });

  test.each([
    ['seller_id', 'Store_7.a:b-c', { sellerId: 'Store_7.a:b-c' }],
    ['seller_id', 'x'.repeat(40), { sellerId: 'x'.repeat(40) }],
    ['redemption_id', 'é'.repeat(200), { id: 'é'.repeat(200) }],
    ['brand_id', '', { brandId: null }],
    ['quantity', '0', { quantity: 0 }],
    ['quantity', '999999999', { quantity: 999_999_999 }],
    ['redeemed_at', '2017-07-03T10:15Z', { redeemedAt: '2017-07-03T10:15Z' }],
    ['redeemed_at', '2017-07-03T10:15:00.123+08:00', {}],
    ['redeemed_at', '2016-02-29T00:00:00Z', {}],
    ['paid', '0.00', { paidMinor: 0n }],
    ['paid', '12', { paidMinor: 1200n }],
    ['recorded_match', '', { recordedMatchMinor: null }],
    ['recorded_match', '0.00', { recordedMatchMinor: 0n }],
  ])('may have %s "%s"', (column, text, expected) => {
    expect(read(cells({ [column]: text }), 2)).toMatchObject(expected);
  });

  const id = '1 to 200 characters of UTF-8';
  const seller = 'at most 40 letters, digits and . _ : -, a letter or digit first';
  const time = 'a time with its zone, like 2017-07-03T10:15:00Z';
  const quantity = 'a whole number from 0 to 999999999';
  const amount = 'an amount in USD such as 12.30';
  const currency = 'an ISO 4217 code such as USD';
  test.each([
    ['redemption_id', '', id],
    ['redemption_id', ' ', id],
    ['redemption_id', 'a\u0000b', id],
    ['redemption_id', 'a\uFFFDb', id],
    ['user_id', '', id],
    ['product_id', '', id],
    ['brand_id', '\uFFFD', `nothing, or ${id}`],
    ['seller_id', '', id],
    ['seller_id', 'a/b', seller],
    ['seller_id', '-1', seller],
    ['seller_id', 'x'.repeat(41), seller],
    ['redeemed_at', '', time],
    ['redeemed_at', '2017-07-03', time],
    ['redeemed_at', '2017-07-03T10:15:00', time],
    ['redeemed_at', '2017-06-31T10:15:00Z', time],
    ['redeemed_at', '2017-02-29T10:15:00Z', time],
    ['redeemed_at', '2017-07-03T25:15:00Z', time],
    ['redeemed_at', '03.07.2017 10:15', time],
    ['quantity', '', quantity],
    ['quantity', '-1', quantity],
    ['quantity', '1.5', quantity],
    ['quantity', '01', quantity],
    ['quantity', '1000000000', quantity],
    ['paid', '', amount],
    ['paid', '-1.00', 'an amount from 0 up'],
    ['paid', '1.5', amount],
    ['paid', '1,234.00', amount],
    ['paid', '1e3', amount],
    ['paid', '$1.00', amount],
    ['paid', '92233720368547758.08', 'an amount from 0 up'],
    ['coupon_value', 'x', amount],
    ['coupon_value', '-0.01', 'an amount from 0 up'],
    ['loyalty_discount', '0.001', amount],
    ['recorded_match', 'none', amount],
    ['recorded_match', '-0.50', 'an amount from 0 up'],
    ['currency', '', currency],
    ['currency', 'usd', currency],
    ['currency', 'ABC', currency],
  ])(
    'is refused with %s "%s": it names the line, the field and what is expected',
    (field, text, expected) => {
      expect(read(cells({ [field]: text }), 17)).toEqual({
        kind: 'refusal',
        code: 'CSV_ROW_INVALID',
        message: `line 17: ${field} is "${text}", expected ${expected}`,
        details: { line: 17, field, read: text, expected },
      });
    },
  );

  test('shows amounts the way its own currency writes them', () => {
    const refusal = read(cells({ currency: 'JPY', paid: '1.50' }), 2);
    expect(refusal).toMatchObject({ details: { expected: 'an amount in JPY such as 1230' } });
  });

  test('shows a long field shortened', () => {
    const refusal = read(cells({ redeemed_at: '9'.repeat(5_000) }), 2);
    expect(refusal).toMatchObject({ details: { read: `${'9'.repeat(59)}…` } });
  });

  test.each([[cells().slice(1)], [[...cells(), '']], [['']]])(
    'with another number of fields than the header is refused',
    (row) => {
      const message = `line 5: ${row.length} fields, expected 12 as in the header`;
      expect(read(row, 5)).toMatchObject({ code: 'CSV_ROW_INVALID', message });
    },
  );
});

describe("a till's decision in a row", () => {
  const text =
    '{"at":"2017-07-03","decisions":{},"device":"till-1","rules":["discounts@1"],"unit":null}';
  const withTill = readerOf([...header, 'till_decision']);

  test('is taken as it stands, and may be left out', () => {
    expect(withTill([...cells(), text], 2)).toMatchObject({ id: 'RED-1', tillDecision: text });
    expect(withTill([...cells(), ''], 2)).toMatchObject({ id: 'RED-1', tillDecision: null });
  });

  test('that nobody can read is refused by its line, with every fault', () => {
    const bad = text.replace('"till-1"', '7').replace('discounts@1', 'discounts');
    const refusal = withTill([...cells(), bad], 9);
    expect(refusal).toMatchObject({ code: 'TILL_DECISION_INVALID', details: { line: 9 } });
    expect(isRefusal(refusal) && refusal.message).toMatch(/^line 9: .*device: .*; rules: /);
    expect(isRefusal(refusal) && refusal.details['faults']).toHaveLength(2);
  });
});

describe('a header', () => {
  test('may have its columns in any order, and lack the recorded match', () => {
    const columns = header.filter((name) => name !== 'recorded_match').reverse();
    const row = cells().slice(0, 11).toReversed();
    expect(readerOf(columns)(row, 2)).toMatchObject({ id: 'RED-1', recordedMatchMinor: null });
  });

  test.each([
    ['seller_id is missing', header.filter((name) => name !== 'seller_id')],
    ['"Seller" is not a column', [...header, 'Seller']],
    ['paid is there twice', [...header, 'paid']],
    ['its fields are separated by ";", not commas', [header.join(';')]],
    ['its fields are separated by tabs, not commas', [header.join('\t')]],
  ])('is refused when %s', (fault, columns) => {
    const refusal = rowReader(columns);
    expect(refusal).toMatchObject({ code: 'CSV_HEADER_INVALID' });
    expect(isRefusal(refusal) && refusal.message).toContain(`line 1: ${fault}`);
  });

  test('with several faults names them all, and the columns there are', () => {
    const refusal = rowReader(['redemption_id', 'colour']);
    expect(isRefusal(refusal) && refusal.message).toMatch(
      /seller_id is missing, .*currency is missing, "colour" is not a column; the columns are/,
    );
  });
});
