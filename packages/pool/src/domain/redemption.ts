import { refuse, type Refusal } from '@sluice/money';

/**
 * The record that a seller's coupon was used: it is the request for a subsidy (claim 8). Amounts
 * are in minor units of `currency`, none of them negative.
 */
export interface Redemption {
  /** The business key: the same redemption has the same id wherever it comes from. */
  readonly id: string;
  readonly sellerId: string;
  readonly userId: string;
  readonly productId: string;
  /** Null where the product belongs to no brand. */
  readonly brandId: string | null;
  /** Whole units, 0 or more: returns and free goods occur with 0. */
  readonly quantity: number;
  /** ISO 8601 with a time zone: `2017-07-03T10:15:00Z`. */
  readonly redeemedAt: string;
  readonly currency: string;
  /** What the user paid. */
  readonly paidMinor: bigint;
  /** Face value of the brand's coupon, 0 for none. */
  readonly couponValueMinor: bigint;
  /** The loyalty price cut, 0 for none. */
  readonly loyaltyDiscountMinor: bigint;
  /** What the seller's till recorded as match; for the audit only, never paid from. */
  readonly recordedMatchMinor: bigint | null;
  /** What a till decided and by which rules, in its own words: whoever decides reads it. */
  readonly tillDecision: string | null;
}

const texts = ['id', 'sellerId', 'userId', 'productId'] as const;
const amounts = ['paidMinor', 'couponValueMinor', 'loyaltyDiscountMinor'] as const;
const maxQuantity = 2 ** 31 - 1;
const maxMinor = 2n ** 63n - 1n;
const maxTextLength = 200;
const maxTillDecisionLength = 8_192;
const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Checks a redemption at the door, so that one bad row never stops the good ones beside it.
 *
 * @param currency the pool's.
 * @returns the redemption with its time in UTC, or `REDEMPTION_INVALID` naming the field.
 */
export function checkRedemption(redemption: Redemption, currency: string): Redemption | Refusal {
  const badText = texts.find((name) => !isText(redemption[name]));
  if (badText !== undefined)
    return invalid(redemption, badText, `1 to ${maxTextLength} characters`);
  const { brandId, quantity, redeemedAt, recordedMatchMinor } = redemption;
  if (brandId !== null && !isText(brandId)) {
    return invalid(redemption, 'brandId', `1 to ${maxTextLength} characters, or null`);
  }
  if (!Number.isInteger(quantity) || quantity < 0 || quantity > maxQuantity) {
    return invalid(redemption, 'quantity', 'a whole number of 0 or more');
  }
  if (!isoWithZone.test(redeemedAt) || Number.isNaN(Date.parse(redeemedAt))) {
    return invalid(redemption, 'redeemedAt', 'a time like 2017-07-03T10:15:00Z');
  }
  if (redemption.currency !== currency) {
    return invalid(redemption, 'currency', `${currency}, the pool's currency`);
  }
  const badAmount = amounts.find((name) => !isAmount(redemption[name]));
  if (badAmount !== undefined) return invalid(redemption, badAmount, 'an amount of 0 or more');
  if (recordedMatchMinor !== null && !isAmount(recordedMatchMinor)) {
    return invalid(redemption, 'recordedMatchMinor', 'an amount of 0 or more, or null');
  }
  const { tillDecision } = redemption;
  if (tillDecision !== null && !isText(tillDecision, maxTillDecisionLength)) {
    return invalid(redemption, 'tillDecision', `1 to ${maxTillDecisionLength} characters, or null`);
  }
  return { ...redemption, redeemedAt: new Date(redeemedAt).toISOString() };
}

/** PostgreSQL stores no NUL, and broken surrogates would make two different ids one. */
function isText(text: string, maxLength = maxTextLength): boolean {
  return (
    text.length > 0 && text.length <= maxLength && text.isWellFormed() && !text.includes('\u0000')
  );
}

function isAmount(minor: bigint): boolean {
  return minor >= 0n && minor <= maxMinor;
}

function invalid(redemption: Redemption, field: keyof Redemption, expected: string): Refusal {
  const found = shortened(String(redemption[field]));
  return refuse(
    'REDEMPTION_INVALID',
    `redemption "${redemption.id}": ${field} is "${found}", expected ${expected}`,
    { redemptionId: redemption.id, field, found, expected },
  );
}

function shortened(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}…`;
}
