import { cellCount, countsOf, placesOf, singlesOf, stridesOf } from './cells.ts';
import { exampleText, listText, type Fault } from './fault.ts';
import type { CellMessage } from './rate-lines.ts';
import type { ReadDimension } from './read-dimension.ts';
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
  rates: readonly { readonly cell: CellMessage }[],
): Cover {
  const counts = countsOf(dimensions.map(({ dimension }) => dimension));
  const strides = stridesOf(counts);
  const choosers = dimensions.map(chooserOf);
  const lines = new Int32Array(cellCount(counts)).fill(-1);
  const wrong: Fault[] = [];
  const twice: Fault[] = [];
  for (const [line, { cell }] of rates.entries()) {
    const chosen = readCell(line, cell, choosers, wrong);
    if (chosen === undefined) continue;
    for (const [rival, index] of claim(lines, line, indexesOf(chosen, counts, strides))) {
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

const noRivals: ReadonlyMap<number, number> = new Map();

/** Writes `line` into its free cells; gives one shared cell for each line that came before it. */
function claim(
  lines: Int32Array,
  line: number,
  indexes: readonly number[],
): ReadonlyMap<number, number> {
  let rivals: Map<number, number> | undefined;
  for (const index of indexes) {
    const owner = lines[index] ?? -1;
    if (owner === -1) lines[index] = line;
    else if (!rivals?.has(owner)) rivals = (rivals ?? new Map<number, number>()).set(owner, index);
  }
  return rivals ?? noRivals;
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
  readonly places: ReadonlyMap<string | number, number>;
}

function chooserOf({ dimension }: ReadDimension): Chooser {
  const words = singlesOf(dimension).map(({ value, number }) => value ?? number);
  return { dimension, places: new Map(words.map((word, place) => [word, place])) };
}

/** Stands for all places of a dimension. */
const everywhere = -1;

/** The chosen place in each dimension, or undefined when the cell names something unknown. */
function readCell(
  line: number,
  cell: CellMessage,
  choosers: readonly Chooser[],
  faults: Fault[],
): readonly number[] | undefined {
  const chosen: number[] = [];
  for (const { dimension, places } of choosers) {
    const written = Object.hasOwn(cell, dimension.name) ? cell[dimension.name] : undefined;
    const place = written === '*' ? everywhere : places.get(written ?? '');
    if (place === undefined) break;
    chosen.push(place);
  }
  if (chosen.length === choosers.length && Object.keys(cell).length === chosen.length) {
    return chosen;
  }
  faults.push(...cellReadingFaults(line, cell, choosers));
  return undefined;
}

function cellReadingFaults(
  line: number,
  cell: CellMessage,
  choosers: readonly Chooser[],
): readonly Fault[] {
  const where = `rate ${line + 1}`;
  const strangers = Object.keys(cell)
    .filter((name) => !choosers.some(({ dimension }) => dimension.name === name))
    .map((name) => ({ text: `${where} names "${name}", which is no dimension` }));
  const unread = choosers.flatMap(({ dimension, places }) => {
    const { name } = dimension;
    const written = Object.hasOwn(cell, name) ? cell[name] : undefined;
    if (written === '*' || (written !== undefined && places.has(written))) return [];
    const problem =
      written === undefined ? `leaves out ${name}` : `has ${name} ${JSON.stringify(written)}`;
    return [{ text: `${where} ${problem}: use ${hint(dimension)} or "*" for all` }];
  });
  return [...strangers, ...unread];
}

function hint(dimension: Dimension): string {
  const singles = singlesOf(dimension);
  const plain = singles.every(
    ({ number, value }, place) => value === undefined && number === place + 1,
  );
  if (plain) return `an interval's number, 1 to ${singles.length},`;
  const shown = singles.slice(0, 10).map(({ value, number }) => value ?? number);
  return `${shown.join(', ')}${singles.length > shown.length ? ', ...' : ''}`;
}

/** The indexes of all cells that the chosen places name. */
function indexesOf(
  chosen: readonly number[],
  counts: readonly number[],
  strides: readonly number[],
): readonly number[] {
  let base = 0;
  for (let place = 0; place < chosen.length; place += 1) {
    base += Math.max(0, chosen[place] ?? 0) * (strides[place] ?? 0);
  }
  let indexes = [base];
  for (const [place, choice] of chosen.entries()) {
    if (choice !== everywhere) continue;
    const steps = Array.from({ length: counts[place] ?? 0 }, (_, step) => step);
    indexes = indexes.flatMap((index) => steps.map((step) => index + step * (strides[place] ?? 0)));
  }
  return indexes;
}
