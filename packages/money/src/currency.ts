import { code as lookUp } from 'currency-codes';
import { refuse, type Refusal } from './refusal.ts';

declare const currencyBrand: unique symbol;

/** An ISO 4217 alphabetic code that was checked: only {@link parseCurrency} makes one. */
export type Currency = string & { readonly [currencyBrand]: true };

const exponents = new Map<string, number>();

/**
 * Checks an ISO 4217 alphabetic code such as `CNY`.
 *
 * @returns the currency, or the refusal `CURRENCY_UNKNOWN`.
 */
export function parseCurrency(text: string): Currency | Refusal {
  if (exponents.has(text)) return text as Currency;
  const record = text.length === 3 ? lookUp(text) : undefined;
  if (record?.code !== text) {
    return refuse(
      'CURRENCY_UNKNOWN',
      `"${text}" is not a currency: use an ISO 4217 code such as CNY`,
      { currency: text },
    );
  }
  exponents.set(record.code, record.digits);
  return text as Currency;
}

/** How many decimal places the currency's minor unit has: 2 for CNY, 0 for JPY, 3 for BHD. */
export function exponentOf(currency: Currency): number {
  const exponent = exponents.get(currency);
  if (exponent !== undefined) return exponent;
  const record = lookUp(currency);
  if (record === undefined) throw new TypeError(`"${currency}" was never a checked currency`);
  exponents.set(currency, record.digits);
  return record.digits;
}
