import type { Dimension } from './tariff.ts';

/** The numbers of a dimension's single intervals, in their sequence. */
export function intervalNumbers(dimension: Dimension): readonly number[] {
  const singles = dimension.type === 'enumeration' ? dimension.values : dimension.intervals;
  return singles.map(({ number }) => number);
}

/** How many cells the dimensions span: the product of their interval counts. */
export function cellCount(counts: readonly number[]): number {
  return counts.reduce((product, count) => product * count, 1);
}

/**
 * The weight of each dimension in the mixed-radix cell index, the last dimension weighing 1. An
 * index is at most {@link maxCells} - 1, so it never leaves the exact integers.
 */
export function stridesOf(counts: readonly number[]): readonly number[] {
  return counts.map((_, place) => cellCount(counts.slice(place + 1)));
}

/** The most cells a tariff may span; a larger one is refused when parsed. */
export const maxCells = 1_048_576;

/** The place in each dimension of the cell with this index, from 0. */
export function placesOf(index: number, counts: readonly number[]): readonly number[] {
  return stridesOf(counts).map(
    (stride, place) => Math.floor(index / stride) % (counts[place] ?? 1),
  );
}

/** The combined interval numbers of all cells, in the order of their indexes. */
export function* cellNames(dimensions: readonly Dimension[]): Generator<string> {
  const [first, ...rest] = dimensions;
  if (first === undefined) return;
  for (const number of intervalNumbers(first)) {
    if (rest.length === 0) yield String(number);
    else for (const tail of cellNames(rest)) yield `${number}-${tail}`;
  }
}
