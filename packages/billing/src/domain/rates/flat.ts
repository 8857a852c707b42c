import {
  expectAnswer,
  formatAmount,
  formatMoney,
  isRefusal,
  parseMoney,
  type Currency,
} from '@sluice/money';
import type { Pricer } from './rate-models.ts';
import type { FlatRate } from './tariff-rate.ts';

/** Reads a flat amount such as `0.08`; a fault comes back as text. */
export function readFlat(text: string, currency: Currency): FlatRate | string {
  const amount = parseMoney(text, currency);
  if (isRefusal(amount)) return amount.message;
  if (amount.minor < 0n) return `the flat amount ${text} is negative`;
  return { kind: 'flat', amount: formatAmount(amount) };
}

/** Gives the same single line for every basis. */
export function priceFlat({ amount: text }: FlatRate, currency: Currency): Pricer {
  const amount = expectAnswer(parseMoney(text, currency));
  const lines = [{ text: `flat ${formatMoney(amount)}`, amount }];
  return () => lines;
}
