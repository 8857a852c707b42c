import { Decimal } from 'decimal.js';
import { refuse, type Refusal } from './refusal.ts';

/** A rate or share as an exact decimal: 0.425 is 42.5 %. */
export type Rate = Decimal;

/**
 * Parses a plain decimal such as `0.425`: no exponent, no spaces, no percent sign.
 *
 * @returns the rate, or the refusal `RATE_MALFORMED`.
 */
export function parseRate(text: string): Rate | Refusal {
  if (!/^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?$/.test(text)) {
    return refuse('RATE_MALFORMED', `"${text}" is not a rate: write 42.5 % as 0.425`, {
      rate: text,
    });
  }
  return new Decimal(text);
}

/** A rate from whole basis points: 4,250 bps is 0.425. */
export function rateFromBps(bps: number): Rate {
  if (!Number.isInteger(bps)) throw new RangeError(`${bps} is not a whole number of basis points`);
  return new Decimal(bps).div(10_000);
}
