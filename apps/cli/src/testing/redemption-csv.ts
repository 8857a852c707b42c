import { requiredColumns } from '../redeem/parse-row.ts';

/** The header of a complete redemption CSV. */
export const header = [...requiredColumns, 'recorded_match'];

/** A good row, by column. */
export const goodRow: Readonly<Record<string, string>> = {
  redemption_id: 'RED-1',
  seller_id: '367',
  user_id: '84',
  redeemed_at: '2017-07-03T10:15:00Z',
  product_id: '883916',
  brand_id: '103',
  quantity: '1',
  paid: '2.50',
  coupon_value: '0.50',
  loyalty_discount: '0.20',
  currency: 'USD',
  recorded_match: '0.50',
};

/** The cells of a good row with some of them changed. */
export function cells(changes: Readonly<Record<string, string>> = {}): readonly string[] {
  return header.map((column) => ({ ...goodRow, ...changes })[column] ?? '');
}

/** One line of a file. */
export function line(changes: Readonly<Record<string, string>> = {}): string {
  return cells(changes).join(',');
}

/** A whole file, its lines ended by LF. */
export function csv(...lines: readonly string[]): string {
  return [header.join(','), ...lines].map((text) => `${text}\n`).join('');
}
