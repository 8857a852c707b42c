import { isRefusal } from '@sluice/money';
import { Exact } from '../exact.ts';
import type { Pricer, RateTerms } from './rate-models.ts';
import { countUnits, unitsText } from './rate-units.ts';
import { settleLines } from './settle-lines.ts';
import type { PerUnitRate } from './tariff-rate.ts';

/** Counts units and charges the price for each. */
export function pricePerUnit({ price, units }: PerUnitRate, terms: RateTerms): Pricer {
  const each = new Exact(price);
  return ({ elements }) => {
    const count = countUnits(units, elements);
    if (isRefusal(count)) return count;
    const text = `${unitsText(count, units)} at ${price} ${terms.currency}`;
    return settleLines([{ text, exact: each.times(count) }], terms);
  };
}
