import type { Pricer, RateTerms } from './rate-models.ts';
import type { VolumeRate } from './tariff-rate.ts';
import { endsIn, flatLine, partLine, priceTiered } from './tiers.ts';

/** Prices the whole count in the tier that it ends in. */
export function priceVolume(rate: VolumeRate, terms: RateTerms): Pricer {
  return priceTiered(rate, terms, (count, spans) => {
    const span = spans.find((one) => endsIn(one, count)) ?? spans.at(-1);
    if (span === undefined) return [];
    return [...flatLine(span, terms), partLine(rate, span, count, terms)];
  });
}
