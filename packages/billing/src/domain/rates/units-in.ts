import type { RateUnits } from './rate-units.ts';
import type { TariffRate } from './tariff-rate.ts';

/** Which elements a rate counts, at any depth. */
export function unitsIn(rate: TariffRate): readonly RateUnits[] {
  switch (rate.kind) {
    case 'flat':
    case 'proportion':
      return [];
    case 'per-unit':
    case 'package':
      return [rate.units];
    case 'graduated':
    case 'volume':
      return rate.units === null ? [] : [rate.units];
    case 'greater-of':
      return rate.rates.flatMap(unitsIn);
    case 'limited':
      return unitsIn(rate.rate);
  }
}
