import { Decimal } from 'decimal.js';
import { exponentOf, type Currency } from './currency.ts';
import type { Money } from './money.ts';
import type { Rate } from './rate.ts';

/** Where a half, and what is short of one, goes. Names as in ISO 60559 and decimal.js. */
export type RoundingMode =
  | 'half-even'
  | 'half-up'
  | 'half-down'
  | 'up'
  | 'down'
  | 'ceiling'
  | 'floor';

/** When in a calculation the rounding happens: on each line, or once on the total. */
export type RoundingStage = 'line' | 'total';

/** A named rounding policy. It is stored with a rule and recorded with each result it made. */
export interface RoundingPolicy {
  readonly mode: RoundingMode;
  /** Decimal places; `currency` takes the currency's own. Never more than the currency has. */
  readonly scale: number | 'currency';
  readonly stage: RoundingStage;
}

const decimalModes: Record<RoundingMode, Decimal.Rounding> = {
  'half-even': Decimal.ROUND_HALF_EVEN,
  'half-up': Decimal.ROUND_HALF_UP,
  'half-down': Decimal.ROUND_HALF_DOWN,
  up: Decimal.ROUND_UP,
  down: Decimal.ROUND_DOWN,
  ceiling: Decimal.ROUND_CEIL,
  floor: Decimal.ROUND_FLOOR,
};

/** All rounding modes, for schemas and tests. */
export const roundingModes = Object.keys(decimalModes) as readonly RoundingMode[];

const Exact = Decimal.clone({ precision: 100, defaults: true });

function scaleOf(policy: RoundingPolicy, currency: Currency): number {
  const exponent = exponentOf(currency);
  if (policy.scale === 'currency') return exponent;
  if (!Number.isInteger(policy.scale) || policy.scale < 0 || policy.scale > exponent) {
    throw new RangeError(`a scale of ${policy.scale} does not fit ${currency}: use 0 to ${exponent}`);
  }
  return policy.scale;
}

/** Rounds an exact decimal number of major units (12.345 CNY) to money by the policy. */
export function roundToMoney(major: Decimal, currency: Currency, policy: RoundingPolicy): Money {
  const rounded = new Exact(major).toDecimalPlaces(
    scaleOf(policy, currency),
    decimalModes[policy.mode],
  );
  const minor = BigInt(rounded.times(new Exact(10).pow(exponentOf(currency))).toFixed(0));
  return Object.freeze({ minor, currency });
}

/** amount * rate, rounded by the policy. */
export function multiply(amount: Money, rate: Rate, policy: RoundingPolicy): Money {
  return roundToMoney(toDecimal(amount).times(rate), amount.currency, policy);
}

/** The amount in major units as an exact decimal, for calculations that end in a rounding. */
export function toDecimal({ minor, currency }: Money): Decimal {
  return new Exact(minor.toString()).div(new Exact(10).pow(exponentOf(currency)));
}
