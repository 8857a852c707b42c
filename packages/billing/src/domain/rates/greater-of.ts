import { compare, formatMoney, isRefusal, money, sum } from '@sluice/money';
import { compileRate, type Pricer, type RateTerms } from './rate-models.ts';
import type { GreaterOfRate } from './tariff-rate.ts';

/** Prices by each rate and takes the dearest; a line of zero names what it was compared with. */
export function priceGreaterOf({ rates }: GreaterOfRate, terms: RateTerms): Pricer {
  const pricers = rates.map((rate) => compileRate(rate, terms));
  const zero = money(0n, terms.currency);
  return (request) => {
    const prices = [];
    for (const price of pricers) {
      const lines = price(request);
      if (isRefusal(lines)) return lines;
      prices.push({
        lines,
        total: sum(
          lines.map(({ amount }) => amount),
          terms.currency,
        ),
      });
    }
    const best = prices.reduce((left, right) =>
      compare(right.total, left.total) > 0 ? right : left,
    );
    const all = prices.map(({ total }) => formatMoney(total)).join(' and ');
    return [...best.lines, { text: `the greater of ${all}`, amount: zero }];
  };
}
