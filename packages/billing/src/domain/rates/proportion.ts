import { expectAnswer, formatMoney, multiply, parseRate } from '@sluice/money';
import { Exact } from '../exact.ts';
import type { Pricer, RateTerms } from './rate-models.ts';
import type { ProportionRate } from './tariff-rate.ts';

/** Takes the proportion of the basis and rounds it by the policy. */
export function priceProportion({ proportion }: ProportionRate, { rounding }: RateTerms): Pricer {
  const rate = expectAnswer(parseRate(proportion));
  const percent = percentText(proportion);
  return ({ basis }) => [
    { text: `${percent} of ${formatMoney(basis)}`, amount: multiply(basis, rate, rounding) },
  ];
}

/** `0.425` as `42.5 %`. */
export function percentText(proportion: string): string {
  return `${new Exact(proportion).times(100).toFixed()} %`;
}
