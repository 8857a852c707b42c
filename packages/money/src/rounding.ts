import { Decimal } from 'decimal.js';
import { exponentOf, type Currency } from './currency.ts';
import { divideRounded } from './divide.ts';
import type { Money } from './money.ts';
import type { Rate } from './rate.ts';

/** Where a half, and what is short of one, goes. Names as in ISO 60559 and decimal.js. */
export type RoundingMode =
  'half-even' | 'half-up' | 'half-down' | 'up' | 'down' | 'ceiling' | 'floor';

/** When in a calculation the rounding happens: on each line, or once on the total. */
export type RoundingStage = 'line' | 'total';

/** A named rounding policy. It is stored with a rule and recorded with each result it made. */
export interface RoundingPolicy {
  readonly mode: RoundingMode;
  /** Decimal places; `currency` takes the currency's own. Never more than the currency has. */
  readonly scale: number | 'currency';
  readonly stage: RoundingStage;
}

/** All rounding modes, for schemas and tests. */
export const roundingModes: readonly RoundingMode[] = [
  'half-even',
  'half-up',
  'half-down',
  'up',
  'down',
  'ceiling',
  'floor',
];

const Exact = Decimal.clone({ precision: 100, defaults: true });

interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Rates are few and used for many amounts, so each is taken apart once. */
const fractions = new WeakMap<Decimal, Fraction>();

function fractionOf(decimal: Decimal): Fraction {
  const known = fractions.get(decimal);
  if (known !== undefined) return known;
  const [whole = '', places = ''] = decimal.toFixed().split('.');
  const fraction = {
    numerator: BigInt(whole + places),
    denominator: 10n ** BigInt(places.length),
  };
  fractions.set(decimal, fraction);
  return fraction;
}

/** How many minor units the policy's smallest step has: 1 for cents, 10 for tenths of a dollar. */
function stepOf(policy: RoundingPolicy, currency: Currency): bigint {
  if (policy.scale === 'currency') return 1n;
  const exponent = exponentOf(currency);
  if (!Number.isInteger(policy.scale) || policy.scale < 0 || policy.scale > exponent) {
    throw new RangeError(
      `a scale of ${policy.scale} does not fit ${currency}: use 0 to ${exponent}`,
    );
  }
  return 10n ** BigInt(exponent - policy.scale);
}

/** Rounds an exact decimal number of major units (12.345 CNY) to money by the policy. */
export function roundToMoney(major: Decimal, currency: Currency, policy: RoundingPolicy): Money {
  return times(10n ** BigInt(exponentOf(currency)), major, currency, policy);
}

/** amount * rate, rounded by the policy. */
export function multiply(amount: Money, rate: Rate, policy: RoundingPolicy): Money {
  return times(amount.minor, rate, amount.currency, policy);
}

function times(minor: bigint, factor: Decimal, currency: Currency, policy: RoundingPolicy): Money {
  const { numerator, denominator } = fractionOf(factor);
  const step = stepOf(policy, currency);
  const steps = divideRounded(minor * numerator, denominator * step, policy.mode);
  return Object.freeze({ minor: steps * step, currency });
}

/** The amount in major units as an exact decimal, for calculations that end in a rounding. */
export function toDecimal({ minor, currency }: Money): Decimal {
  return new Exact(minor.toString()).div(new Exact(10).pow(exponentOf(currency)));
}
