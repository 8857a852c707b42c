import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyMatch, matchOfOneCoupon } from './match-audit.ts';

function line(coupon: number, match: number, quantity: number, paid: number) {
  return {
    couponValueMinor: BigInt(coupon),
    recordedMatchMinor: BigInt(match),
    quantity,
    paidMinor: BigInt(paid),
  };
}

const several = (count: number, equal: boolean) => ({ kind: 'several-coupons', count, equal });
const limited = (coupons: number, units: number) => ({ kind: 'limited-by-price', coupons, units });

describe('matchOfOneCoupon', () => {
  it.each([
    [35n, 35n],
    [50n, 50n],
    [55n, 45n],
    [99n, 1n],
    [100n, 0n],
    [250n, 0n],
    [0n, 0n],
  ])('doubles %i by %i, never past 1.00', (value, match) => {
    expect(matchOfOneCoupon(value)).toBe(match);
  });
});

describe('classifyMatch', () => {
  // coupon, match, quantity, paid in cents, as they stand in the real data
  it.each([
    ['a doubled coupon', line(50, 50, 1, 320), 'as-the-rule'],
    ['a coupon doubled up to 1.00', line(75, 25, 1, 299), 'as-the-rule'],
    ['a coupon of 1.00, not doubled', line(100, 0, 1, 399), 'as-the-rule'],
    ['a coupon of 1.00 without a purchase', line(100, 0, 0, 0), 'as-the-rule'],
    ['a small coupon without a purchase', line(75, 0, 0, 0), { kind: 'no-purchase' }],
    ['two coupons of 0.50', line(100, 100, 2, 400), several(2, true)],
    ['three coupons of 0.55', line(165, 135, 3, 600), several(3, true)],
    ['two coupons on three items', line(110, 90, 3, 600), several(2, true)],
    ['0.75 and 0.50', line(125, 75, 2, 259), several(2, false)],
    ['1.00 and 0.40', line(140, 40, 2, 198), several(2, false)],
    ['0.55 and a coupon for a whole item', line(354, 45, 2, 553), several(2, false)],
    ['0.40, 0.40 and 0.50', line(130, 130, 3, 245), several(3, false)],
    ['an item of 0.99 that became free', line(50, 49, 1, 50), limited(1, 1)],
    ['a coupon that was the whole price', line(99, 0, 1, 99), limited(1, 1)],
    ['one of two items free', line(99, 0, 2, 198), limited(1, 1)],
    ['two items of 0.45 free for one coupon', line(75, 15, 3, 120), limited(1, 2)],
    ['two of four items at three for 1.00', line(40, 28, 4, 106), limited(1, 2)],
    ['two items free by two coupons', line(100, 76, 2, 100), limited(2, 1)],
    ['a match left out though there was room', line(55, 0, 1, 429), { kind: 'excluded' }],
    ['a coupon tripled', line(35, 70, 1, 229), { kind: 'unexplained' }],
    ['two coupons on one item', line(175, 25, 1, 2_874), { kind: 'unexplained' }],
    ['a match lower by a cent', line(50, 49, 1, 320), { kind: 'unexplained' }],
  ])('explains %s', (_what, recorded, verdict) => {
    expect(classifyMatch(recorded)).toEqual(verdict);
  });

  it.each([
    [line(100_000_007, 99_999_995, 1_000_000_000, 1_000_000), 'unexplained'],
    [line(50, 0, 1_000_000_000, 0), 'excluded'],
  ])('answers at once whatever the line says', (recorded, kind) => {
    const started = performance.now();
    expect(classifyMatch(recorded)).toEqual({ kind });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  const cents = fc.bigInt({ min: 0n, max: 600n });
  const anyLine = fc.record({
    couponValueMinor: fc.bigInt({ min: 1n, max: 600n }),
    recordedMatchMinor: cents,
    quantity: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(89_638)),
    paidMinor: cents,
  });

  it('says as-the-rule exactly when the recorded match is the rule for one coupon', () => {
    fc.assert(
      fc.property(anyLine, (recorded) => {
        const asRule = recorded.recordedMatchMinor === matchOfOneCoupon(recorded.couponValueMinor);
        expect(classifyMatch(recorded) === 'as-the-rule').toBe(asRule);
      }),
    );
  });

  it('never claims more coupons or free items than were bought', () => {
    fc.assert(
      fc.property(anyLine, (recorded) => {
        const verdict = classifyMatch(recorded);
        if (verdict === 'as-the-rule') return;
        if (verdict.kind === 'several-coupons') {
          expect(verdict.count).toBeLessThanOrEqual(recorded.quantity);
        }
        if (verdict.kind === 'limited-by-price') {
          expect(verdict.coupons * verdict.units).toBeLessThanOrEqual(recorded.quantity);
        }
      }),
    );
  });

  it('explains any coupons, one an item, that were matched by the rule', () => {
    const faces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(faces, (fives) => {
        const values = fives.map((five) => BigInt(five * 5));
        const verdict = classifyMatch({
          couponValueMinor: values.reduce((sum, value) => sum + value, 0n),
          recordedMatchMinor: values.reduce((sum, value) => sum + matchOfOneCoupon(value), 0n),
          quantity: values.length,
          paidMinor: 100_000n,
        });
        if (verdict !== 'as-the-rule') expect(verdict.kind).toBe('several-coupons');
      }),
    );
  });
});
