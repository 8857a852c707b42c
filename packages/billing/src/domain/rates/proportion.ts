import { Decimal } from 'decimal.js';
import {
  expectAnswer,
  formatMoney,
  isRefusal,
  multiply,
  parseRate,
  type RoundingPolicy,
} from '@sluice/money';
import type { Pricer } from './rate-models.ts';
import type { ProportionRate } from './tariff-rate.ts';

/** Wide enough for every rate that can be written. */
const Exact = Decimal.clone({ precision: 100, defaults: true });

/** Reads a proportion such as `0.40`; a fault comes back as text. */
export function readProportion(text: string): ProportionRate | string {
  const rate = parseRate(text);
  if (isRefusal(rate)) return rate.message;
  if (rate.isNegative()) return `the proportion ${text} is negative`;
  return { kind: 'proportion', proportion: rate.toFixed() };
}

/** Takes the proportion of the basis and rounds it by the policy. */
export function priceProportion({ proportion }: ProportionRate, rounding: RoundingPolicy): Pricer {
  const rate = expectAnswer(parseRate(proportion));
  const percent = `${new Exact(rate).times(100).toFixed()} %`;
  return (basis) => [
    { text: `${percent} of ${formatMoney(basis)}`, amount: multiply(basis, rate, rounding) },
  ];
}
