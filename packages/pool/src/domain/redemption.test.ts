import { describe, expect, test } from 'vitest';
import { redemption } from '../testing/examples.ts';
import { checkRedemption, type Redemption } from './redemption.ts';

describe('checkRedemption', () => {
  test.each([
    ['a plain one', {}],
    ['nothing bought and nothing paid', { quantity: 0, paidMinor: 0n }],
    ['no brand', { brandId: null }],
    ['a recorded match', { recordedMatchMinor: 0n }],
    ["a till's decision", { tillDecision: '{}'.padEnd(8_192) }],
  ])('%s is good', (_title, over) => {
    expect(checkRedemption(redemption('r', over), 'USD')).toEqual(redemption('r', over));
  });

  test('a time in another zone is the same moment in UTC', () => {
    const given = redemption('r', { redeemedAt: '2017-07-03T18:15+08:00' });
    expect(checkRedemption(given, 'USD')).toEqual(redemption('r'));
  });

  const bad: readonly (readonly [keyof Redemption, Partial<Redemption>])[] = [
    ['id', { id: '' }],
    ['id', { id: 'x'.repeat(201) }],
    ['sellerId', { sellerId: 'a\u0000b' }],
    ['userId', { userId: '\ud800' }],
    ['productId', { productId: '' }],
    ['brandId', { brandId: '' }],
    ['quantity', { quantity: -1 }],
    ['quantity', { quantity: 1.5 }],
    ['quantity', { quantity: Number.NaN }],
    ['quantity', { quantity: 2 ** 31 }],
    ['redeemedAt', { redeemedAt: '2017-07-03 10:15:00' }],
    ['redeemedAt', { redeemedAt: '2017-07-03T10:15:00' }],
    ['redeemedAt', { redeemedAt: '2017-13-03T10:15:00Z' }],
    ['currency', { currency: 'CNY' }],
    ['paidMinor', { paidMinor: -1n }],
    ['couponValueMinor', { couponValueMinor: -50n }],
    ['loyaltyDiscountMinor', { loyaltyDiscountMinor: 2n ** 63n }],
    ['recordedMatchMinor', { recordedMatchMinor: -1n }],
    ['tillDecision', { tillDecision: '' }],
    ['tillDecision', { tillDecision: 'x'.repeat(8_193) }],
    ['tillDecision', { tillDecision: '\ud800' }],
  ];
  test.each(bad)('a bad %s is refused by its name: %o', (field, over) => {
    expect(checkRedemption(redemption('r', over), 'USD')).toMatchObject({
      code: 'REDEMPTION_INVALID',
      details: { field },
    });
  });

  test('what is too long is told shortened', () => {
    const refusal = checkRedemption(redemption('r', { tillDecision: 'x'.repeat(9_000) }), 'USD');
    expect(JSON.stringify(refusal).length).toBeLessThan(1_000);
  });
});
