import { code as lookUp } from 'currency-codes';
import { refuse, type Refusal } from './refusal.ts';

declare const currencyBrand: unique symbol;

/** An ISO 4217 alphabetic code that was checked: only {@link parseCurrency} makes one. */
export type Currency = string & { readonly [currencyBrand]: true };

/** By code: the code as it is kept here, for texts that are one are compared by where they are. */
const known = new Map<string, { readonly currency: Currency; readonly exponent: number }>();

/**
 * Checks an ISO 4217 alphabetic code such as `CNY`.
 *
 * @returns the currency, or the refusal `CURRENCY_UNKNOWN`.
 */
export function parseCurrency(text: string): Currency | Refusal {
  const found = known.get(text);
  if (found !== undefined) return found.currency;
  const record = text.length === 3 ? lookUp(text) : undefined;
  if (record?.code !== text) {
    return refuse(
      'CURRENCY_UNKNOWN',
      `"${text}" is not a currency: use an ISO 4217 code such as CNY`,
      { currency: text },
    );
  }
  const currency = record.code as Currency;
  known.set(currency, { currency, exponent: record.digits });
  return currency;
}

/** How many decimal places the currency's minor unit has: 2 for CNY, 0 for JPY, 3 for BHD. */
export function exponentOf(currency: Currency): number {
  const checked = known.get(currency);
  if (checked !== undefined) return checked.exponent;
  const record = lookUp(currency);
  if (record === undefined) throw new TypeError(`"${currency}" was never a checked currency`);
  known.set(currency, { currency, exponent: record.digits });
  return record.digits;
}
