import { cellCount, intervalNumbers, placesOf, stridesOf } from './cells.ts';
import { exampleText, listText, type Fault } from './fault.ts';
import type { ReadDimension } from './read-dimension.ts';
import type { RateMessage } from './tariff-message.ts';
import type { Dimension } from './tariff.ts';

/** Which line of the rates prices each cell, and what is wrong with that. */
export interface Cover {
  /** By cell index the place of the line, from 0; -1 where there is none. */
  readonly lines: Int32Array;
  readonly faults: readonly Fault[];
}

/** More examples than anybody reads; the rest is counted, or found once these are mended. */
const maxExamples = 100;

/** Expands each line over its cells and finds every cell that none or several of them price. */
export function coverCells(
  dimensions: readonly ReadDimension[],
  rates: readonly RateMessage[],
): Cover {
  const counts = dimensions.map(({ dimension }) => intervalNumbers(dimension).length);
  const strides = stridesOf(counts);
  const choosers = dimensions.map(chooserOf);
  const lines = new Int32Array(cellCount(counts)).fill(-1);
  const wrong: Fault[] = [];
  const twice: Fault[] = [];
  for (const [line, { cell }] of rates.entries()) {
    const chosen = readCell(line, cell, choosers, wrong);
    if (chosen === undefined) continue;
    for (const [rival, index] of claim(lines, line, indexesOf(chosen, strides))) {
      const problem = `rates ${listText([rival + 1, line + 1])} both price it`;
      twice.push(cellFault(dimensions, placesOf(index, counts), problem));
    }
    // Each further line may repeat all cells: stop before that takes for ever.
    if (twice.length >= maxExamples) return { lines, faults: [...wrong, ...twice] };
  }
  const holes = findHoles(lines, (index, problem) =>
    cellFault(dimensions, placesOf(index, counts), problem),
  );
  return { lines, faults: [...wrong, ...twice, ...holes] };
}

/** Shows the cell by a value in each dimension, or by interval number where none is sure. */
function cellFault(
  dimensions: readonly ReadDimension[],
  places: readonly number[],
  problem: string,
): Fault {
  const values = dimensions.map(({ dimension, samples }, number) => {
    const place = places[number] ?? 0;
    return [dimension.name, samples[place] ?? `interval ${place + 1}`] as const;
  });
  const example = Object.fromEntries(values);
  const text = `${exampleText(example)}: ${problem}`;
  return dimensions.every(({ samples }) => samples.length > 0) ? { text, example } : { text };
}

/** Writes `line` into its free cells; gives one shared cell for each line that came before it. */
function claim(
  lines: Int32Array,
  line: number,
  indexes: Iterable<number>,
): ReadonlyMap<number, number> {
  const rivals = new Map<number, number>();
  for (const index of indexes) {
    const owner = lines[index] ?? -1;
    if (owner === -1) lines[index] = line;
    else if (!rivals.has(owner)) rivals.set(owner, index);
  }
  return rivals;
}

function findHoles(
  lines: Int32Array,
  faultAt: (index: number, problem: string) => Fault,
): readonly Fault[] {
  const faults: Fault[] = [];
  let more = 0;
  for (const [index, line] of lines.entries()) {
    if (line !== -1) continue;
    if (faults.length < maxExamples) faults.push(faultAt(index, 'no rate'));
    else more += 1;
  }
  if (more > 0) faults.push({ text: `${more} more cells have no rate` });
  return faults;
}

/** A dimension with the place of each of its values or numbers, for reading cells. */
interface Chooser {
  readonly dimension: Dimension;
  readonly all: readonly number[];
  readonly places: ReadonlyMap<string | number, number>;
}

function chooserOf({ dimension }: ReadDimension): Chooser {
  const words =
    dimension.type === 'enumeration'
      ? dimension.values.map(({ value }) => value)
      : intervalNumbers(dimension);
  return {
    dimension,
    all: words.map((_, place) => place),
    places: new Map(words.map((word, place) => [word, place])),
  };
}

/** The chosen places in each dimension, or undefined when the cell names something unknown. */
function readCell(
  line: number,
  cell: RateMessage['cell'],
  choosers: readonly Chooser[],
  faults: Fault[],
): readonly (readonly number[])[] | undefined {
  const before = faults.length;
  const where = `rate ${line + 1}`;
  for (const name of Object.keys(cell)) {
    const known = choosers.some(({ dimension }) => dimension.name === name);
    if (!known) faults.push({ text: `${where} names "${name}", which is no dimension` });
  }
  const chosen = choosers.map(({ dimension, all, places }) => {
    const { name } = dimension;
    const written = Object.hasOwn(cell, name) ? cell[name] : undefined;
    const place = written === undefined ? undefined : places.get(written);
    if (written === '*') return all;
    if (place !== undefined) return [place];
    const problem =
      written === undefined ? `leaves out ${name}` : `has ${name} ${JSON.stringify(written)}`;
    faults.push({ text: `${where} ${problem}: use ${hint(dimension)} or "*" for all` });
    return [];
  });
  return faults.length === before ? chosen : undefined;
}

function hint(dimension: Dimension): string {
  if (dimension.type === 'enumeration') {
    const shown = dimension.values.slice(0, 10).map(({ value }) => value);
    return `${shown.join(', ')}${dimension.values.length > shown.length ? ', ...' : ''}`;
  }
  return `an interval's number, 1 to ${dimension.intervals.length},`;
}

function* indexesOf(
  chosen: readonly (readonly number[])[],
  strides: readonly number[],
  dimension = 0,
  base = 0,
): Generator<number> {
  const places = chosen[dimension];
  if (places === undefined) {
    yield base;
    return;
  }
  for (const place of places) {
    yield* indexesOf(chosen, strides, dimension + 1, base + place * (strides[dimension] ?? 0));
  }
}
