import { isRefusal, parseMoney, refuse, type Refusal } from '@sluice/money';
import type { Redemption } from '@sluice/pool';

/** The columns of the redemption CSV, in any order; the last but one may be left out. */
export const requiredColumns = [
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
  'currency',
] as const;
const optionalColumn = 'recorded_match';

type Row = Readonly<Record<string, string | undefined>>;

/** Checks the header of a file: `CSV_HEADER_INVALID` names what is missing, unknown or twice. */
export function checkHeader(header: readonly string[]): Refusal | undefined {
  const known: readonly string[] = [...requiredColumns, optionalColumn];
  const missing = requiredColumns.filter((name) => !header.includes(name));
  const unknown = header.filter((name) => !known.includes(name));
  const twice = header.filter((name, index) => header.indexOf(name) !== index);
  const faults = [
    ...missing.map((name) => `${name} is missing`),
    ...unknown.map((name) => `"${name}" is not a column`),
    ...twice.map((name) => `${name} is there twice`),
  ];
  if (faults.length === 0) return undefined;
  return refuse(
    'CSV_HEADER_INVALID',
    `line 1: ${faults.join(', ')}; the columns are ${known.join(', ')}`,
    { line: 1, faults },
  );
}

/**
 * Reads one row of the redemption CSV.
 *
 * @param line in the file, for the message.
 * @returns the redemption, or `CSV_ROW_INVALID` with line, field, what was read and expected.
 */
export function parseRow(row: Row, line: number): Redemption | Refusal {
  const currency = row['currency'] ?? '';
  const fault = (field: string, expected: string): Refusal =>
    refuse(
      'CSV_ROW_INVALID',
      `line ${line}: ${field} is "${row[field] ?? ''}", expected ${expected}`,
      { line, field, read: row[field] ?? '', expected },
    );
  for (const name of ['redemption_id', 'seller_id', 'user_id', 'product_id'] as const) {
    if ((row[name] ?? '').trim() === '') return fault(name, 'some text');
  }
  const sellerId = row['seller_id'] ?? '';
  if (!/^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(sellerId)) {
    return fault('seller_id', 'letters, digits and . _ : - (it names an account)');
  }
  const redeemedAt = row['redeemed_at'] ?? '';
  if (!/^\d{4}-\d{2}-\d{2}T/.test(redeemedAt) || Number.isNaN(Date.parse(redeemedAt))) {
    return fault('redeemed_at', 'a time like 2017-07-03T10:15:00Z');
  }
  if (!/^(0|[1-9]\d{0,8})$/.test(row['quantity'] ?? '')) return fault('quantity', 'a whole number');
  const amounts: Record<string, bigint> = {};
  for (const name of ['paid', 'coupon_value', 'loyalty_discount', optionalColumn] as const) {
    const text = row[name] ?? '';
    if (name === optionalColumn && text === '') continue;
    const amount = parseMoney(text, currency);
    if (isRefusal(amount)) {
      const field = amount.code === 'CURRENCY_UNKNOWN' ? 'currency' : name;
      return fault(field, amount.message);
    }
    if (amount.minor < 0n) return fault(name, 'an amount of 0 or more');
    amounts[name] = amount.minor;
  }
  return {
    id: row['redemption_id'] ?? '',
    sellerId,
    userId: row['user_id'] ?? '',
    productId: row['product_id'] ?? '',
    brandId: row['brand_id'] === '' || row['brand_id'] === undefined ? null : row['brand_id'],
    quantity: parseInt(row['quantity'] ?? '', 10),
    redeemedAt,
    currency,
    paidMinor: amounts['paid'] ?? 0n,
    couponValueMinor: amounts['coupon_value'] ?? 0n,
    loyaltyDiscountMinor: amounts['loyalty_discount'] ?? 0n,
    recordedMatchMinor: amounts[optionalColumn] ?? null,
  };
}
