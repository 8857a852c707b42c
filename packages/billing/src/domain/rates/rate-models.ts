import type { Currency, Refusal, RoundingPolicy } from '@sluice/money';
import type { PricingRequest, QuoteLine } from '../pricing.ts';
import { priceFlat } from './flat.ts';
import { priceGraduated } from './graduated.ts';
import { priceGreaterOf } from './greater-of.ts';
import { priceLimited } from './limited.ts';
import { pricePackage } from './package.ts';
import { pricePerUnit } from './per-unit.ts';
import { priceProportion } from './proportion.ts';
import type { TariffRate } from './tariff-rate.ts';
import { priceVolume } from './volume.ts';

/** Prices a request: the lines add up to the price; or says which element it cannot count. */
export type Pricer = (request: PricingRequest) => readonly QuoteLine[] | Refusal;

/** What a rate is priced under. */
export interface RateTerms {
  readonly currency: Currency;
  readonly rounding: RoundingPolicy;
}

/** Prepares a rate for pricing under its tariff's currency and rounding. */
export function compileRate(rate: TariffRate, terms: RateTerms): Pricer {
  switch (rate.kind) {
    case 'proportion':
      return priceProportion(rate, terms);
    case 'flat':
      return priceFlat(rate, terms);
    case 'per-unit':
      return pricePerUnit(rate, terms);
    case 'package':
      return pricePackage(rate, terms);
    case 'graduated':
      return priceGraduated(rate, terms);
    case 'volume':
      return priceVolume(rate, terms);
    case 'greater-of':
      return priceGreaterOf(rate, terms);
    case 'limited':
      return priceLimited(rate, terms);
  }
}
