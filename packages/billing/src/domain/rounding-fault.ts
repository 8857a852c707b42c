import { exponentOf, type Currency, type RoundingPolicy } from '@sluice/money';

/** What is wrong with a rounding policy under a currency: nothing, or one text. */
export function exponentFault({ scale }: RoundingPolicy, currency: Currency): readonly string[] {
  const exponent = exponentOf(currency);
  if (scale === 'currency' || scale <= exponent) return [];
  return [`rounding.scale ${scale} does not fit ${currency}: use 0 to ${exponent}`];
}
