import { isRefusal } from '@sluice/money';
import { Exact } from '../exact.ts';
import type { Pricer, RateTerms } from './rate-models.ts';
import { countUnits, unitsText } from './rate-units.ts';
import { settleLines } from './settle-lines.ts';
import type { PackageRate } from './tariff-rate.ts';

/** Counts packages, those only begun by the rule, and charges the price for each. */
export function pricePackage(rate: PackageRate, terms: RateTerms): Pricer {
  const { price, size, started, units } = rate;
  const each = new Exact(price);
  const content = new Exact(size);
  return ({ elements }) => {
    const count = countUnits(units, elements);
    if (isRefusal(count)) return count;
    // Whole packages by integer division: a quotient such as 1/3 has no exact decimal.
    const full = count.divToInt(content);
    const begun = !count.equals(full.times(content));
    const packages = begun && started === 'charged' ? full.plus(1) : full;
    const text =
      `${unitsText(count, units)} in ${packages.toFixed()} packages of ${size}, ` +
      `at ${price} ${terms.currency}`;
    return settleLines([{ text, exact: each.times(packages) }], terms);
  };
}
