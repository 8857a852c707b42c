import {
  expectAnswer,
  formatMoney,
  isRefusal,
  money,
  multiply,
  parseMoney,
  parseRate,
  refuse,
  sum,
  type Money,
  type Refusal,
} from '@sluice/money';
import type { QuoteLine } from '../pricing.ts';
import { percentText } from './proportion.ts';
import { compileRate, type Pricer, type RateTerms } from './rate-models.ts';
import type { LimitedRate } from './tariff-rate.ts';

/** Prices by the rate, then raises to the minimum, lowers to the maximum, lowers to the cap. */
export function priceLimited(rate: LimitedRate, terms: RateTerms): Pricer {
  const price = compileRate(rate.rate, terms);
  const { currency } = terms;
  const limitOf = (text: string | null): Money | null =>
    text === null ? null : expectAnswer(parseMoney(text, currency));
  const minimum = limitOf(rate.minimum);
  const maximum = limitOf(rate.maximum);
  const capAt = compileCap(rate.cap, terms);
  return (request) => {
    const lines = price(request);
    if (isRefusal(lines)) return lines;
    const cap = capAt?.(request.basis) ?? null;
    if (isRefusal(cap)) return cap;
    const start = sum(
      lines.map(({ amount }) => amount),
      currency,
    ).minor;
    const low = minimum !== null && start < minimum.minor ? minimum.minor : start;
    const high = maximum !== null && low > maximum.minor ? maximum.minor : low;
    const end = cap !== null && high > cap.amount.minor ? cap.amount.minor : high;
    const move = (from: bigint, to: bigint, text: string): readonly QuoteLine[] =>
      from === to ? [] : [{ text, amount: money(to - from, currency) }];
    return [
      ...lines,
      ...(minimum === null ? [] : move(start, low, `up to the minimum ${formatMoney(minimum)}`)),
      ...(maximum === null ? [] : move(low, high, `down to the maximum ${formatMoney(maximum)}`)),
      ...(cap === null ? [] : move(high, end, `down to the cap, ${cap.text}`)),
    ];
  };
}

/** A cap is never passed, so its own rounding is down. */
function compileCap(
  cap: string | null,
  { rounding }: RateTerms,
): ((basis: Money) => QuoteLine | Refusal) | null {
  if (cap === null) return null;
  const rate = expectAnswer(parseRate(cap));
  const percent = percentText(cap);
  const policy = { ...rounding, mode: 'floor' } as const;
  return (basis) => {
    const of = formatMoney(basis);
    if (basis.minor >= 0n) {
      return { text: `${percent} of ${of}`, amount: multiply(basis, rate, policy) };
    }
    const problem = `the basis ${of} is below zero: a cap in proportion to it has no sense`;
    return refuse('OUT_OF_RANGE', problem, { element: 'basis' });
  };
}
