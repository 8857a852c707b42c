import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRedemptions, redemptionColumns, type Redemption } from './redemption-csv.ts';

const redemption: Redemption = {
  redemptionId: 'cj-0000007',
  sellerId: '367',
  userId: '1598',
  redeemedAt: new Date('2017-06-26T04:06:04Z'),
  productId: '883916',
  brandId: '',
  quantity: 2,
  paidMinor: 123_456n,
  couponMinor: 50n,
  loyaltyMinor: 0n,
  matchMinor: 5n,
};

describe('formatRedemptions', () => {
  it('writes a header, then one line a redemption, an unknown brand empty', () => {
    expect(formatRedemptions([redemption])).toBe(
      'redemption_id,seller_id,user_id,redeemed_at,product_id,brand_id,' +
        'quantity,paid,coupon_value,loyalty_discount,recorded_match,currency\n' +
        'cj-0000007,367,1598,2017-06-26T04:06:04.000Z,883916,,2,1234.56,0.50,0.00,0.05,USD\n',
    );
  });

  it('writes the header alone for a week without redemptions', () => {
    expect(formatRedemptions([])).toBe(`${redemptionColumns.join(',')}\n`);
  });

  it('writes what a CSV library writes', () => {
    const minor = fc.bigInt({ min: 0n, max: 10n ** 12n });
    const any = fc.record({ paidMinor: minor, couponMinor: minor, quantity: fc.nat() });
    fc.assert(
      fc.property(fc.array(any), (differences) => {
        const text = formatRedemptions(differences.map((one) => ({ ...redemption, ...one })));
        const cells = text
          .trimEnd()
          .split('\n')
          .map((row) => row.split(','));
        expect(stringify(cells)).toBe(text);
      }),
    );
  });
});
