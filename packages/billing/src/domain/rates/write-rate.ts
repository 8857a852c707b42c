import type { RateTermsMessage } from './rate-message.ts';
import type { RateUnits } from './rate-units.ts';
import type { TariffRate, TieredRate } from './tariff-rate.ts';

type TieredMessage = NonNullable<RateTermsMessage['volume']>;

/** Writes a rate as `readRate` reads it. */
export function writeRate(rate: TariffRate): RateTermsMessage {
  switch (rate.kind) {
    case 'flat':
      return { flat: rate.amount };
    case 'proportion':
      return { proportion: rate.proportion };
    case 'per-unit':
      return { perUnit: { price: rate.price, units: writeUnits(rate.units) } };
    case 'package': {
      const { price, size, started, units } = rate;
      return { package: { price, size, started, units: writeUnits(units) } };
    }
    case 'graduated':
      return { graduated: { ...writeTiered(rate), flatDue: rate.flatDue } };
    case 'volume':
      return { volume: writeTiered(rate) };
    case 'greater-of':
      return { greaterOf: rate.rates.map(writeRate) };
    case 'limited': {
      const { minimum, maximum, cap } = rate;
      return {
        ...writeRate(rate.rate),
        ...(minimum === null ? {} : { minimum }),
        ...(maximum === null ? {} : { maximum }),
        ...(cap === null ? {} : { cap }),
      };
    }
  }
}

function writeUnits({ element, unit, parts }: RateUnits): TieredMessage['units'] & object {
  return { of: element, unit, parts };
}

function writeTiered({ units, tiers, zero, above, earlier }: TieredRate): TieredMessage {
  return {
    ...(units === null ? {} : { units: writeUnits(units) }),
    tiers: tiers.map(({ to, toIncluded, flat, price }) => ({
      to,
      ...(to === null ? {} : { toIncluded }),
      flat,
      ...(units === null ? { proportion: price } : { perUnit: price }),
    })),
    zero,
    ...(above === null ? {} : { above }),
    earlier,
  };
}
