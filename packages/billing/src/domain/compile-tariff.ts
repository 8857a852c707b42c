import type { Currency, RoundingPolicy } from '@sluice/money';
import { cellCount, intervalNumbers, placesOf, stridesOf } from './cells.ts';
import { compilePlacement, type Placement } from './placement.ts';
import type { TariffCell } from './pricing.ts';
import { compileRate, type Pricer } from './rates/rate-models.ts';
import type { Dimension, Tariff } from './tariff.ts';

/** A dimension ready for look-ups. */
export interface CompiledDimension extends Placement {
  readonly name: string;
  /** What one place weighs in the cell index. */
  readonly stride: number;
}

/** A cell ready for pricing. */
export interface CompiledCell extends TariffCell {
  readonly price: Pricer;
}

/** A tariff ready for look-ups: made once, shared by any number of quotes. */
export interface CompiledTariff {
  readonly id: string;
  readonly businessId: string;
  readonly version: number;
  readonly currency: Currency;
  readonly rounding: RoundingPolicy;
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
  const counts = tariff.dimensions.map((dimension) => intervalNumbers(dimension).length);
  if (tariff.rates.length !== cellCount(counts)) {
    throw new Error(`tariff ${id} has ${tariff.rates.length} rates for ${cellCount(counts)} cells`);
  }
  const strides = stridesOf(counts);
  const dimensions = tariff.dimensions.map((dimension, place) => ({
    ...compilePlacement(dimension, currency),
    name: dimension.name,
    stride: strides[place] ?? 0,
  }));
  const known: CompiledCell[] = [];
  return {
    id,
    businessId,
    version,
    currency,
    rounding,
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
  return {
    cell: entry.cell,
    rate: entry.rate,
    intervals: tariff.dimensions.map((dimension, number) => ({
      dimension: dimension.name,
      number: numberAt(dimension, places[number]),
      label: compiled[number]?.labels[places[number] ?? 0] ?? '',
    })),
    price: compileRate(entry.rate, tariff.currency, tariff.rounding),
  };
}

function numberAt(dimension: Dimension, place = 0): number {
  return intervalNumbers(dimension)[place] ?? 0;
}
