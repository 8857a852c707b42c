import { isRefusal, type Refusal } from '@sluice/money';
import { change, numberOf, placeOf, type EditTerms } from './edit-parts.ts';
import { editInvalid, nextNumber, type Grid } from './grid.ts';
import type { ReplaceClasses } from './tariff-edit.ts';

/** Cuts a set dimension anew: known names stay what they are, others begin as another class. */
export function replaceClasses(grid: Grid, edit: ReplaceClasses, terms: EditTerms): Grid | Refusal {
  const place = placeOf(grid, edit.dimension);
  if (isRefusal(place)) return place;
  const dimension = grid.dimensions[place];
  if (dimension?.type !== 'set') return editInvalid(`${edit.dimension} is no set`);
  const pricedAs = new Map<number, number>();
  let next = nextNumber(dimension);
  const classes = [];
  for (const { value, with: some = [], without = [], priceAs } of edit.classes) {
    const known = dimension.classes.find((one) => one.value === value);
    const number = known?.number ?? next;
    if (known === undefined) {
      if (priceAs === undefined) return editInvalid(`the new class "${value}" needs a "priceAs"`);
      const source = numberOf(dimension, priceAs);
      if (isRefusal(source)) return source;
      pricedAs.set(number, source);
      next += 1;
    }
    classes.push({ number, value, with: [...some], without: [...without] });
  }
  return change(grid, place, { ...dimension, classes }, pricedAs, terms);
}
