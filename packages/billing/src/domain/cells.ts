import type { Dimension } from './tariff.ts';

/** What all kinds of single intervals have: its number, and its word where cells call it so. */
export interface SingleInterval {
  readonly number: number;
  readonly value?: string;
}

/** The single intervals of a dimension, whatever its type, in their sequence. */
export function singlesOf(dimension: Dimension): readonly SingleInterval[] {
  if (dimension.type === 'enumeration') return dimension.values;
  return dimension.type === 'set' ? dimension.classes : dimension.intervals;
}

/** The numbers of a dimension's single intervals, in their sequence. */
export function intervalNumbers(dimension: Dimension): readonly number[] {
  return singlesOf(dimension).map(({ number }) => number);
}

/** How many single intervals each dimension has. */
export function countsOf(dimensions: readonly Dimension[]): readonly number[] {
  return dimensions.map((dimension) => singlesOf(dimension).length);
}

/** How many cells the dimensions span: the product of their interval counts. */
export function cellCount(counts: readonly number[]): number {
  return counts.reduce((product, count) => product * count, 1);
}

/**
 * The most cells a tariff may span: 2^20. This is the overflow rule of the mixed-radix key: more
 * is refused when the tariff is parsed, however many dimensions make them, so a key is a whole
 * number below 2^20 and can neither overflow nor lose a digit.
 */
export const maxCells = 1_048_576;

/**
 * The weight of each dimension in the mixed-radix cell index, the last dimension weighing 1; see
 * {@link maxCells}.
 */
export function stridesOf(counts: readonly number[]): readonly number[] {
  const strides = counts.map(() => 1);
  for (let place = counts.length - 2; place >= 0; place -= 1) {
    strides[place] = (strides[place + 1] ?? 1) * (counts[place + 1] ?? 1);
  }
  return strides;
}

/** The place in each dimension of the cell with this index, from 0. */
export function placesOf(index: number, counts: readonly number[]): readonly number[] {
  return stridesOf(counts).map(
    (stride, place) => Math.floor(index / stride) % (counts[place] ?? 1),
  );
}

/** The combined interval numbers of all cells, in the order of their indexes. */
export function cellNames(dimensions: readonly Dimension[]): readonly string[] {
  const [first, ...rest] = dimensions.map((dimension) => intervalNumbers(dimension).map(String));
  if (first === undefined) return [];
  // Plain loops: this makes a million names.
  return rest.reduce<readonly string[]>((heads, tails) => {
    const names: string[] = [];
    for (const head of heads) for (const tail of tails) names.push(`${head}-${tail}`);
    return names;
  }, first);
}
