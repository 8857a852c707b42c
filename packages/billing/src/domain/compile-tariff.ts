import type { Currency, RoundingPolicy } from '@sluice/money';
import { cellCount, countsOf, placesOf, singlesOf, stridesOf } from './cells.ts';
import { compilePlacement, type Placement } from './placement.ts';
import type { TariffCell } from './pricing.ts';
import { compileRate, type Pricer } from './rates/rate-models.ts';
import { compileTax, type CompiledTax } from './tax.ts';
import type { Dimension, Tariff } from './tariff.ts';

/** A dimension ready for look-ups. */
export interface CompiledDimension extends Placement {
  readonly name: string;
  /** What one place weighs in the cell index. */
  readonly stride: number;
}

/** A cell ready for pricing. */
export interface CompiledCell {
  /** What a look-up gives; one object for all look-ups of the cell. */
  readonly found: TariffCell;
  readonly price: Pricer;
}

/** A tariff ready for look-ups: made once, shared by any number of quotes. */
export interface CompiledTariff {
  readonly id: string;
  readonly businessId: string;
  readonly version: number;
  readonly currency: Currency;
  readonly rounding: RoundingPolicy;
  readonly tax: CompiledTax | null;
  readonly dimensions: readonly CompiledDimension[];
  /** The cell with this index, 0 to the number of cells less 1. */
  cellAt(index: number): CompiledCell;
}

/**
 * Compiles a tariff: each dimension to a binary search over scaled integers or a map of names,
 * the places to one mixed-radix integer, the rates to a dense array under that integer
 * (CN112070557B, "convert" and "look up").
 */
export function compileTariff(tariff: Tariff): CompiledTariff {
  const { id, businessId, version, currency, rounding } = tariff;
  const counts = countsOf(tariff.dimensions);
  if (tariff.rates.length !== cellCount(counts)) {
    throw new Error(`tariff ${id} has ${tariff.rates.length} rates for ${cellCount(counts)} cells`);
  }
  const strides = stridesOf(counts);
  const dimensions = tariff.dimensions.map((dimension, number): CompiledDimension => {
    // One shape for dimensions of all types: look-ups read all of them at one place.
    const { place, refuse, labels } = compilePlacement(dimension, currency);
    return { name: dimension.name, stride: strides[number] ?? 0, place, refuse, labels };
  });
  // Of full length from the start: an array that grows by leaps is kept as a slower dictionary.
  const known = new Array<CompiledCell | undefined>(tariff.rates.length);
  return {
    id,
    businessId,
    version,
    currency,
    rounding,
    tax: tariff.tax === undefined ? null : compileTax(tariff.tax),
    dimensions,
    // A cell's explanation is made when it is first hit: most of a large tariff never is.
    cellAt: (index) => (known[index] ??= compileCell(tariff, dimensions, placesOf(index, counts))),
  };
}

function compileCell(
  tariff: Tariff,
  compiled: readonly CompiledDimension[],
  places: readonly number[],
): CompiledCell {
  const index = places.reduce(
    (sum, place, number) => sum + place * (compiled[number]?.stride ?? 0),
    0,
  );
  const entry = tariff.rates[index];
  if (entry === undefined) throw new RangeError(`tariff ${tariff.id} has no cell ${index}`);
  const rounding = entry.rounding ?? tariff.rounding;
  const { currency } = tariff;
  const intervals = tariff.dimensions.map((dimension, number) => ({
    dimension: dimension.name,
    number: numberAt(dimension, places[number]),
    label: compiled[number]?.labels[places[number] ?? 0] ?? '',
  }));
  const { cell, id: cellId = cell, rate } = entry;
  return {
    found: { cell, cellId, intervals, rate, rounding },
    price: compileRate(rate, { currency, rounding }),
  };
}

function numberAt(dimension: Dimension, place = 0): number {
  return singlesOf(dimension)[place]?.number ?? 0;
}
