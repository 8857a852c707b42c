import { expectAnswer, formatMoney, parseMoney } from '@sluice/money';
import type { Pricer, RateTerms } from './rate-models.ts';
import type { FlatRate } from './tariff-rate.ts';

/** Gives the same single line for every request. */
export function priceFlat({ amount: text }: FlatRate, { currency }: RateTerms): Pricer {
  const amount = expectAnswer(parseMoney(text, currency));
  const lines = [{ text: `flat ${formatMoney(amount)}`, amount }];
  return () => lines;
}
