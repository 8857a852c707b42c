import { formatAmount, isRefusal, parseMoney, parseRate, type Currency } from '@sluice/money';
import type { RateUnits } from './rate-units.ts';

/** A fault of a rate; `readRate` turns it into text. */
export class RateFault extends Error {}

/** Stops the reading of a rate with what is wrong with it. */
export function rateFault(text: string): never {
  throw new RateFault(text);
}

/** The units as a rate stores them. */
export function readUnits(written: {
  readonly of: string;
  readonly unit: string;
  readonly parts: RateUnits['parts'];
}): RateUnits {
  return { element: written.of, unit: written.unit, parts: written.parts };
}

/** An amount that is not negative, in the currency's form. */
export function readAmount(what: string, text: string, currency: Currency): string {
  const amount = parseMoney(text, currency);
  if (isRefusal(amount)) return rateFault(amount.message);
  if (amount.minor < 0n) return rateFault(`the ${what} ${text} is negative`);
  return formatAmount(amount);
}

/** A plain decimal that is not negative, in its shortest form. */
export function readNumber(what: string, text: string): string {
  const rate = parseRate(text);
  if (isRefusal(rate)) return rateFault(rate.message);
  if (rate.isNegative()) return rateFault(`the ${what} ${text} is negative`);
  return rate.toFixed();
}
