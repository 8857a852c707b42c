import type { Decimal } from 'decimal.js';
import { Exact } from '../exact.ts';
import type { Pricer, RateTerms } from './rate-models.ts';
import type { ExactLine } from './settle-lines.ts';
import type { GraduatedRate } from './tariff-rate.ts';
import { flatLine, partLine, priceTiered, type TierSpan } from './tiers.ts';

/** Prices each part of the count in the tier that it lies in, tier by tier. */
export function priceGraduated(rate: GraduatedRate, terms: RateTerms): Pricer {
  return priceTiered(rate, terms, (count, spans) =>
    spans.flatMap((span, place): readonly ExactLine[] => {
      const reached = count.greaterThanOrEqualTo(span.from);
      const atStart = count.equals(span.from);
      const entered = reached && (!atStart || span.fromIncluded);
      const due = rate.flatDue === 'reached' ? reached : entered;
      const part = partIn(span, place === spans.length - 1, count);
      return [
        ...(due ? flatLine(span, terms) : []),
        ...(part.isZero() || span.price.isZero() ? [] : [partLine(rate, span, part, terms)]),
      ];
    }),
  );
}

/** How much of the count lies between the tier's ends; the last tier takes what is above it. */
function partIn({ from, to }: TierSpan, isLast: boolean, count: Decimal): Decimal {
  const end = to === null || isLast ? count : Exact.min(to, count);
  return Exact.max(end.minus(from), 0);
}
