import { formatAmount, money } from '@sluice/money';

/** The header of the redemption CSV, in order; the README says what each column holds. */
export const redemptionColumns: readonly string[] = [
  'redemption_id',
  'seller_id',
  'user_id',
  'redeemed_at',
  'product_id',
  'brand_id',
  'quantity',
  'paid',
  'coupon_value',
  'loyalty_discount',
  'recorded_match',
  'currency',
];

/** The currency of both data sets. */
const currency = 'USD';

/** One row of the redemption CSV: a till line that carries a discount. Minor units of USD. */
export interface Redemption {
  readonly redemptionId: string;
  readonly sellerId: string;
  readonly userId: string;
  readonly redeemedAt: Date;
  readonly productId: string;
  /** Empty when no maker is known. */
  readonly brandId: string;
  readonly quantity: number;
  readonly paidMinor: bigint;
  readonly couponMinor: bigint;
  readonly loyaltyMinor: bigint;
  readonly matchMinor: bigint;
}

/**
 * The whole text of a redemption CSV: RFC 4180 with header and LF. No cell needs quotes: ids are
 * letters, digits and hyphens, and the rest are numbers, times and a currency code.
 */
export function formatRedemptions(redemptions: readonly Redemption[]): string {
  const rows = redemptions.map((redemption) => `${cells(redemption).join(',')}\n`);
  return `${redemptionColumns.join(',')}\n${rows.join('')}`;
}

function cells(redemption: Redemption): readonly string[] {
  return [
    redemption.redemptionId,
    redemption.sellerId,
    redemption.userId,
    redemption.redeemedAt.toISOString(),
    redemption.productId,
    redemption.brandId,
    String(redemption.quantity),
    amount(redemption.paidMinor),
    amount(redemption.couponMinor),
    amount(redemption.loyaltyMinor),
    amount(redemption.matchMinor),
    currency,
  ];
}

function amount(minor: bigint): string {
  return formatAmount(money(minor, currency));
}
