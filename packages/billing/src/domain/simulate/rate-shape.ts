import type { Decimal } from 'decimal.js';
import { exponentOf, type Currency } from '@sluice/money';
import { Exact } from '../exact.ts';
import type { TariffRate } from '../rates/tariff-rate.ts';

/** How the price of a rate follows the basis: it rises, but for jumps at some amounts. */
export interface RateShape {
  /** The amounts in minor units, each the first of a new tier. */
  readonly jumps: readonly bigint[];
  /** The steepest proportion of the basis anywhere. */
  readonly steepest: Decimal;
}

/** Reads the shape off a rate; nothing is sampled. */
export function shapeOf(rate: TariffRate, currency: Currency): RateShape {
  switch (rate.kind) {
    case 'flat':
    case 'per-unit':
    case 'package':
      return { jumps: [], steepest: new Exact(0) };
    case 'proportion':
      return { jumps: [], steepest: new Exact(rate.proportion) };
    case 'graduated':
    case 'volume':
      if (rate.units !== null) return { jumps: [], steepest: new Exact(0) };
      return {
        jumps: [
          // Nothing may be due at zero, and a flat amount from the first cent on.
          1n,
          ...rate.tiers.flatMap(({ to, toIncluded }) =>
            to === null ? [] : firstsBeyond(to, toIncluded, currency),
          ),
        ],
        steepest: Exact.max(...rate.tiers.map(({ price }) => price)),
      };
    case 'greater-of':
      return joined(rate.rates.map((one) => shapeOf(one, currency)));
    case 'limited': {
      const cap = rate.cap === null ? [] : [{ jumps: [], steepest: new Exact(rate.cap) }];
      return joined([shapeOf(rate.rate, currency), ...cap]);
    }
  }
}

/** A flat amount may be due on the bound itself or beside it: both are looked at. */
function firstsBeyond(to: string, toIncluded: boolean, currency: Currency): readonly bigint[] {
  const minor = new Exact(to).times(new Exact(10).pow(exponentOf(currency)));
  const first = BigInt(minor.ceil().toFixed());
  return minor.isInteger() && toIncluded ? [first, first + 1n] : [first];
}

function joined(shapes: readonly RateShape[]): RateShape {
  return {
    jumps: shapes.flatMap(({ jumps }) => jumps),
    steepest: Exact.max(0, ...shapes.map(({ steepest }) => steepest)),
  };
}
