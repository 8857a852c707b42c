import type { Currency, Money, RoundingPolicy } from '@sluice/money';
import type { QuoteLine } from '../pricing.ts';
import { priceFlat, readFlat } from './flat.ts';
import { priceProportion, readProportion } from './proportion.ts';
import type { TariffRate } from './tariff-rate.ts';

/** Prices a basis: the lines add up to the price. */
export type Pricer = (basis: Money) => readonly QuoteLine[];

/**
 * Reads a rate as the tariff message writes it: one key per model, `{ "proportion": "0.40" }`.
 *
 * @returns the rate in canonical form, or the fault as text.
 */
export function readRate(
  written: { readonly proportion?: string | undefined; readonly flat?: string | undefined },
  currency: Currency,
): TariffRate | string {
  const { proportion, flat } = written;
  if (proportion !== undefined && flat === undefined) return readProportion(proportion);
  if (flat !== undefined && proportion === undefined) return readFlat(flat, currency);
  return 'write either "proportion" or "flat"';
}

/** Prepares a rate for pricing under its tariff's currency and rounding. */
export function compileRate(
  rate: TariffRate,
  currency: Currency,
  rounding: RoundingPolicy,
): Pricer {
  switch (rate.kind) {
    case 'proportion':
      return priceProportion(rate, rounding);
    case 'flat':
      return priceFlat(rate, currency);
  }
}
