import { Decimal } from 'decimal.js';

/** Decimals wide enough that sums and products of everything that can be written are exact. */
export const Exact = Decimal.clone({ precision: 120, defaults: true, toExpPos: 9e15 });

/** A plain decimal: no exponent, no spaces, no leading zero. */
export const plainDecimal = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/** The longest decimal that a request or a message may carry, in characters. */
export const maxDecimalLength = 40;

/** Reads a plain decimal of sane length, or undefined. */
export function readDecimal(text: unknown): Decimal | undefined {
  if (typeof text !== 'string' || text.length > maxDecimalLength) return undefined;
  return plainDecimal.test(text) ? new Exact(text) : undefined;
}
