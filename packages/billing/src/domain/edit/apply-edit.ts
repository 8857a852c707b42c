import { isRefusal, type Refusal } from '@sluice/money';
import { singlesOf } from '../cells.ts';
import { readDimension } from '../read-dimension.ts';
import type { IntervalDimension } from '../tariff.ts';
import { readRate } from '../rates/read-rate.ts';
import { change, numberOf, placeOf, type EditTerms } from './edit-parts.ts';
import { editInvalid, nextNumber, regrid, type Grid } from './grid.ts';
import { replaceClasses } from './replace-classes.ts';
import type {
  AddDimension,
  AddInterval,
  AddValue,
  MergeIntervals,
  RemoveDimension,
  RemoveInterval,
  SetDefault,
  SetRate,
  SplitInterval,
  TariffEdit,
} from './tariff-edit.ts';

/** Does one edit; `EDIT_INVALID` when it speaks of what is not there. */
export function applyEdit(grid: Grid, edit: TariffEdit, terms: EditTerms): Grid | Refusal {
  switch (edit.op) {
    case 'add-interval':
      return addInterval(grid, edit, terms);
    case 'add-value':
      return addValue(grid, edit, terms);
    case 'set-default':
      return setDefault(grid, edit, terms);
    case 'split-interval':
      return splitInterval(grid, edit, terms);
    case 'merge-intervals':
      return mergeIntervals(grid, edit, terms);
    case 'remove-interval':
      return removeInterval(grid, edit, terms);
    case 'replace-classes':
      return replaceClasses(grid, edit, terms);
    case 'add-dimension':
      return addDimension(grid, edit, terms);
    case 'remove-dimension':
      return removeDimension(grid, edit, terms);
    case 'set-rate':
      return setRate(grid, edit, terms);
  }
}

interface Found {
  readonly place: number;
  readonly dimension: IntervalDimension;
}

function intervalsOf(grid: Grid, name: string): Found | Refusal {
  const place = placeOf(grid, name);
  if (isRefusal(place)) return place;
  const dimension = grid.dimensions[place];
  if (dimension === undefined || !('intervals' in dimension)) {
    return editInvalid(`${name} has values, not intervals`);
  }
  return { place, dimension };
}

function addInterval(grid: Grid, edit: AddInterval, terms: EditTerms): Grid | Refusal {
  const found = intervalsOf(grid, edit.dimension);
  if (isRefusal(found)) return found;
  const { place, dimension } = found;
  const source = numberOf(dimension, edit.priceAs);
  if (isRefusal(source)) return source;
  const { from, fromIncluded = from !== null, to, toIncluded = false } = edit.interval;
  const number = nextNumber(dimension);
  const fresh = { number, from, fromIncluded, to, toIncluded };
  const isBelow = to !== null && to === dimension.intervals[0]?.from;
  const { intervals } = dimension;
  const after = {
    ...dimension,
    intervals: isBelow ? [fresh, ...intervals] : [...intervals, fresh],
  };
  return change(grid, place, after, new Map([[number, source]]), terms);
}

function addValue(grid: Grid, edit: AddValue, terms: EditTerms): Grid | Refusal {
  const place = placeOf(grid, edit.dimension);
  if (isRefusal(place)) return place;
  const dimension = grid.dimensions[place];
  if (dimension?.type !== 'enumeration') return editInvalid(`${edit.dimension} has no values`);
  const source = numberOf(dimension, edit.priceAs);
  if (isRefusal(source)) return source;
  const number = nextNumber(dimension);
  const after = { ...dimension, values: [...dimension.values, { number, value: edit.value }] };
  return change(grid, place, after, new Map([[number, source]]), terms);
}

function setDefault(grid: Grid, edit: SetDefault, terms: EditTerms): Grid | Refusal {
  const place = placeOf(grid, edit.dimension);
  if (isRefusal(place)) return place;
  const dimension = grid.dimensions[place];
  if (dimension?.type !== 'enumeration') return editInvalid(`${edit.dimension} has no values`);
  const number = edit.value === null ? null : numberOf(dimension, edit.value);
  if (isRefusal(number)) return number;
  return change(grid, place, { ...dimension, default: edit.value }, new Map(), terms);
}

function splitInterval(grid: Grid, edit: SplitInterval, terms: EditTerms): Grid | Refusal {
  const found = intervalsOf(grid, edit.dimension);
  if (isRefusal(found)) return found;
  const { place, dimension } = found;
  const at = dimension.intervals.findIndex(({ number }) => number === edit.number);
  const whole = dimension.intervals[at];
  if (whole === undefined) return editInvalid(`${edit.dimension} has no interval ${edit.number}`);
  const number = nextNumber(dimension);
  const [low, high] = edit.keeps === 'lower' ? [whole.number, number] : [number, whole.number];
  const inLower = edit.boundIn === 'lower';
  const lower = { ...whole, number: low, to: edit.at, toIncluded: inLower };
  const upper = { ...whole, number: high, from: edit.at, fromIncluded: !inLower };
  const intervals = dimension.intervals.toSpliced(at, 1, lower, upper);
  const after = { ...dimension, intervals };
  return change(grid, place, after, new Map([[number, whole.number]]), terms);
}

function mergeIntervals(grid: Grid, edit: MergeIntervals, terms: EditTerms): Grid | Refusal {
  const found = intervalsOf(grid, edit.dimension);
  if (isRefusal(found)) return found;
  const { place, dimension } = found;
  const places = edit.numbers
    .map((one) => dimension.intervals.findIndex(({ number }) => number === one))
    .sort((left, right) => left - right);
  const [first = -1, second = -1] = places;
  const [lower, upper] = [dimension.intervals[first], dimension.intervals[second]];
  if (lower === undefined || upper === undefined || second !== first + 1) {
    return editInvalid(`${edit.dimension} has no neighbours ${edit.numbers.join(' and ')}`);
  }
  if (!edit.numbers.includes(edit.keeps)) {
    return editInvalid(`${edit.dimension} ${edit.keeps} is none of the two that become one`);
  }
  const { to, toIncluded } = upper;
  const intervals = dimension.intervals.toSpliced(first, 2, {
    ...lower,
    number: edit.keeps,
    to,
    toIncluded,
  });
  return change(grid, place, { ...dimension, intervals }, new Map(), terms);
}

function removeInterval(grid: Grid, edit: RemoveInterval, terms: EditTerms): Grid | Refusal {
  const place = placeOf(grid, edit.dimension);
  if (isRefusal(place)) return place;
  const dimension = grid.dimensions[place];
  if (dimension === undefined) throw new RangeError(`there is no dimension at ${place}`);
  const gone = numberOf(dimension, edit.interval);
  if (isRefusal(gone)) return gone;
  if (dimension.type === 'set') {
    return editInvalid(`${edit.dimension} is a set: cut it anew by "replace-classes"`);
  }
  if (dimension.type === 'enumeration' && dimension.default === edit.interval) {
    return editInvalid(
      `${edit.dimension} has "${edit.interval}" as default: name its successor by "set-default" ` +
        'before, or null to refuse what is not listed',
    );
  }
  if (singlesOf(dimension).length === 1) {
    return editInvalid(`${edit.dimension} has no other interval: remove the dimension instead`);
  }
  const stays = ({ number }: { readonly number: number }): boolean => number !== gone;
  const after =
    dimension.type === 'enumeration'
      ? { ...dimension, values: dimension.values.filter(stays) }
      : { ...dimension, intervals: dimension.intervals.filter(stays) };
  return change(grid, place, after, new Map(), terms);
}

function addDimension(grid: Grid, edit: AddDimension, terms: EditTerms): Grid | Refusal {
  const { dimension } = readDimension(edit.dimension, terms.currency);
  const place = edit.place ?? grid.dimensions.length;
  if (!Number.isInteger(place) || place < 0 || place > grid.dimensions.length) {
    return editInvalid(`the place ${place} is none from 0 to ${grid.dimensions.length}`);
  }
  const kept = numberOf(dimension, edit.keeps);
  if (isRefusal(kept)) return kept;
  const dimensions = grid.dimensions.toSpliced(place, 0, dimension);
  return regrid(grid, dimensions, terms.version, (numbers) => ({
    numbers: numbers.toSpliced(place, 1),
    keeps: numbers[place] === kept,
  }));
}

function removeDimension(grid: Grid, edit: RemoveDimension, terms: EditTerms): Grid | Refusal {
  const place = placeOf(grid, edit.dimension);
  if (isRefusal(place)) return place;
  const dimension = grid.dimensions[place];
  if (dimension === undefined || grid.dimensions.length === 1) {
    return editInvalid(`${edit.dimension} is the only dimension: a tariff has at least one`);
  }
  const kept = numberOf(dimension, edit.keeps);
  if (isRefusal(kept)) return kept;
  return regrid(grid, grid.dimensions.toSpliced(place, 1), terms.version, (numbers) => ({
    numbers: numbers.toSpliced(place, 0, kept),
    keeps: true,
  }));
}

function setRate(grid: Grid, { cell, rate: written }: SetRate, terms: EditTerms): Grid | Refusal {
  const rate = readRate(written, terms.currency);
  if (typeof rate === 'string') return editInvalid(`the rate cannot be read: ${rate}`);
  const strangers = Object.keys(cell).filter((name) => isRefusal(placeOf(grid, name)));
  if (strangers.length > 0) return editInvalid(`"${strangers.join('", "')}" is no dimension`);
  const wanted: (number | null)[] = [];
  for (const dimension of grid.dimensions) {
    const choice = Object.hasOwn(cell, dimension.name) ? cell[dimension.name] : undefined;
    if (choice === undefined) return editInvalid(`the cell leaves out ${dimension.name}`);
    const number = choice === '*' ? null : numberOf(dimension, choice);
    if (isRefusal(number)) return number;
    wanted.push(number);
  }
  const rates = grid.rates.map((entry) => {
    const numbers = entry.cell.split('-').map(Number);
    const meant = wanted.every((number, place) => number === null || number === numbers[place]);
    return meant ? { ...entry, rate } : entry;
  });
  return { ...grid, rates };
}
