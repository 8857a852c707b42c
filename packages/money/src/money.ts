import { exponentOf, parseCurrency, type Currency } from './currency.ts';
import { expectAnswer, isRefusal, refuse, type Refusal } from './refusal.ts';

/** An amount of one currency in minor units (cents for CNY). Immutable. */
export interface Money {
  readonly minor: bigint;
  readonly currency: Currency;
}

/** Money as it stands in JSON, in workflow payloads and on the wire. */
export interface WireMoney {
  readonly amount: string;
  readonly currency: string;
}

/** Thrown when two currencies meet in one sum: a bug of the caller, never a business case. */
export class CurrencyMismatchError extends Error {
  override readonly name = 'CurrencyMismatchError';
  readonly left: Currency;
  readonly right: Currency;

  constructor(left: Currency, right: Currency) {
    super(`${left} and ${right} cannot be combined: convert one of them first`);
    this.left = left;
    this.right = right;
  }
}

/** Money from minor units and a currency code known to be good, such as a literal or a column. */
export function money(minor: bigint, currency: string): Money {
  return Object.freeze({ minor, currency: expectAnswer(parseCurrency(currency)) });
}

function sameCurrency(left: Money, right: Money): void {
  if (left.currency !== right.currency) {
    throw new CurrencyMismatchError(left.currency, right.currency);
  }
}

function of(minor: bigint, currency: Currency): Money {
  return Object.freeze({ minor, currency });
}

/** left + right. Throws {@link CurrencyMismatchError}. */
export function add(left: Money, right: Money): Money {
  sameCurrency(left, right);
  return of(left.minor + right.minor, left.currency);
}

/** left - right. Throws {@link CurrencyMismatchError}. */
export function subtract(left: Money, right: Money): Money {
  sameCurrency(left, right);
  return of(left.minor - right.minor, left.currency);
}

/** -1, 0 or 1. Throws {@link CurrencyMismatchError}. */
export function compare(left: Money, right: Money): -1 | 0 | 1 {
  sameCurrency(left, right);
  if (left.minor === right.minor) return 0;
  return left.minor < right.minor ? -1 : 1;
}

/** The sum of all, zero of `currency` for none. Throws {@link CurrencyMismatchError}. */
export function sum(amounts: Iterable<Money>, currency: Currency): Money {
  let total = of(0n, currency);
  for (const amount of amounts) total = add(total, amount);
  return total;
}

const minorPattern = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/**
 * Parses a plain decimal text such as `12.30` or `-0.05`: no spaces, no thousands separators, no
 * exponent, no leading zero, and exactly the currency's decimal places or none at all.
 *
 * @returns the money, or the refusal `CURRENCY_UNKNOWN` or `AMOUNT_MALFORMED`.
 */
export function parseMoney(amount: string, currencyCode: string): Money | Refusal {
  const currency = parseCurrency(currencyCode);
  if (isRefusal(currency)) return currency;
  const exponent = exponentOf(currency);
  const match = minorPattern.exec(amount);
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  const minusZero = sign === '-' && /^[0.]*$/.test(whole + fraction);
  if (match === null || minusZero || (match[3] !== undefined && fraction.length !== exponent)) {
    const example = exponent === 0 ? '12' : `12.${'30'.padEnd(exponent, '0').slice(0, exponent)}`;
    return refuse(
      'AMOUNT_MALFORMED',
      `"${amount}" is not an amount of ${currency}: write it like ${example}`,
      { amount, currency },
    );
  }
  return of(BigInt(`${sign}${whole}${fraction.padEnd(exponent, '0')}`), currency);
}

/** The amount alone, with all places of its currency: `12.30`. {@link parseMoney} reads it. */
export function formatAmount({ minor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${minor < 0n ? '-' : ''}${whole}${fraction}`;
}

/** For people: `12.30 CNY`. */
export function formatMoney(value: Money): string {
  return `${formatAmount(value)} ${value.currency}`;
}

/** For JSON: `{ amount: "12.30", currency: "CNY" }`. */
export function toWire(value: Money): WireMoney {
  return { amount: formatAmount(value), currency: value.currency };
}

/** From JSON; refuses like {@link parseMoney}. */
export function fromWire(wire: WireMoney): Money | Refusal {
  return parseMoney(wire.amount, wire.currency);
}
