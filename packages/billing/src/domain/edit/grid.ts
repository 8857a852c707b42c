import { refuse, type Refusal } from '@sluice/money';
import { cellCount, cellNames, countsOf, maxCells, singlesOf } from '../cells.ts';
import type { CellRate, Dimension } from '../tariff.ts';

/** The part of a tariff that edits change. */
export interface Grid {
  readonly dimensions: readonly Dimension[];
  readonly rates: readonly CellRate[];
}

/** Where a cell of the new grid comes from. */
export interface Origin {
  /** The numbers of the old cell, one per old dimension. */
  readonly numbers: readonly number[];
  /** Whether it is the old cell; otherwise it is a new one with the old one's price. */
  readonly keeps: boolean;
}

/**
 * Lays the cells out over other dimensions. A cell that stays keeps its id, whatever its key is
 * now; a new cell's id is made of the version in which it came to be. Too many cells are refused.
 */
export function regrid(
  old: Grid,
  dimensions: readonly Dimension[],
  version: number,
  originOf: (numbers: readonly number[]) => Origin,
): Grid | Refusal {
  const count = cellCount(countsOf(dimensions));
  if (count > maxCells) {
    return editInvalid(`it makes ${count} cells, at most ${maxCells} are possible`);
  }
  const byKey = new Map(old.rates.map((entry) => [entry.cell, entry]));
  const used = new Set(old.rates.map(idOf));
  const rates = cellNames(dimensions).map((cell): CellRate => {
    const { numbers, keeps } = originOf(cell.split('-').map(Number));
    const from = byKey.get(numbers.join('-'));
    if (from === undefined) throw new Error(`cell ${cell} comes from no cell`);
    return withId({ ...from, cell }, keeps ? idOf(from) : freshId(`v${version}.${cell}`, used));
  });
  return { dimensions, rates };
}

/** The refusal of an edit. */
export function editInvalid(problem: string): Refusal {
  return refuse('EDIT_INVALID', problem);
}

function idOf({ cell, id = cell }: CellRate): string {
  return id;
}

function withId({ cell, rate, rounding }: CellRate, id: string): CellRate {
  return {
    cell,
    rate,
    ...(id === cell ? {} : { id }),
    ...(rounding === undefined ? {} : { rounding }),
  };
}

/** Edits of one version may come by one key twice, once for a dimension that is gone. */
function freshId(wanted: string, used: Set<string>): string {
  let id = wanted;
  while (used.has(id)) id += '+';
  used.add(id);
  return id;
}

/** The number that the next new interval of the dimension gets: one that none ever had. */
export function nextNumber(dimension: Dimension): number {
  return highestNumber(dimension) + 1;
}

function highestNumber(dimension: Dimension): number {
  const numbers = singlesOf(dimension).map(({ number }) => number);
  return numbers.reduce((most, one) => Math.max(most, one), dimension.lastNumber ?? 0);
}

/** The changed dimension, remembering the highest number that the one before ever gave. */
export function changed(before: Dimension, after: Dimension): Dimension {
  return { ...after, lastNumber: Math.max(highestNumber(before), highestNumber(after)) };
}
