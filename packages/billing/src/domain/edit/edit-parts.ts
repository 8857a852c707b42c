import type { Currency, Refusal } from '@sluice/money';
import { singlesOf } from '../cells.ts';
import type { Dimension } from '../tariff.ts';
import { changed, editInvalid, regrid, type Grid } from './grid.ts';
import type { Single } from './tariff-edit.ts';

/** What an edit is made under. */
export interface EditTerms {
  readonly currency: Currency;
  /** Of the tariff that is being made. */
  readonly version: number;
}

/** The place of a dimension in the order, or the refusal. */
export function placeOf(grid: Grid, name: string): number | Refusal {
  const place = grid.dimensions.findIndex((dimension) => dimension.name === name);
  if (place >= 0) return place;
  const names = grid.dimensions.map((dimension) => dimension.name).join(', ');
  return editInvalid(`"${name}" is no dimension: the tariff has ${names}`);
}

/** The number of a single interval that is meant by its number or its value. */
export function numberOf(dimension: Dimension, single: Single): number | Refusal {
  const found = singlesOf(dimension).find(
    ({ number, value }) =>
      (value ?? number) === single || (value === undefined && number === single),
  );
  if (found !== undefined) return found.number;
  return editInvalid(`${dimension.name} has no interval ${JSON.stringify(single)}`);
}

/**
 * Changes one dimension. Each new number takes its prices from an old one, and is the same cells
 * where the two numbers are one.
 */
export function change(
  grid: Grid,
  place: number,
  after: Dimension,
  pricedAs: ReadonlyMap<number, number>,
  { version }: EditTerms,
): Grid | Refusal {
  const before = grid.dimensions[place];
  if (before === undefined) throw new RangeError(`there is no dimension at ${place}`);
  const dimensions = grid.dimensions.with(place, changed(before, after));
  return regrid(grid, dimensions, version, (numbers) => {
    const number = numbers[place] ?? 0;
    const source = pricedAs.get(number);
    if (source === undefined) return { numbers, keeps: true };
    return { numbers: numbers.with(place, source), keeps: false };
  });
}
