import { cellCount, countsOf, placesOf, singlesOf } from './cells.ts';
import type { CellMessage } from './rate-lines.ts';
import type { RateLineMessage, RateTermsMessage } from './rates/rate-message.ts';
import { writeRate } from './rates/write-rate.ts';
import type { CellRate, Dimension, Tariff } from './tariff.ts';

/** A message as `parseTariff` reads it and people keep it. */
export interface WrittenMessage {
  readonly [key: string]: unknown;
  readonly dimensions: readonly object[];
  readonly order: readonly string[];
  readonly rates: readonly WrittenLine[];
}

/** A line of rates as a message writes it. */
export type WrittenLine = RateLineMessage & { readonly cell: CellMessage };

/**
 * Writes a tariff as the message that `parseTariff` reads back to the same tariff. Neighbouring
 * cells that say the same are written as one line with `*`.
 */
export function toMessage(tariff: Tariff): WrittenMessage {
  const { dimensions, rates, ...head } = tariff;
  return {
    ...head,
    dimensions: dimensions.map(writeDimension),
    order: dimensions.map(({ name }) => name),
    rates: writeLines(dimensions, rates),
  };
}

/** A dimension as the message writes it; what goes without saying is left out. */
export function writeDimension(dimension: Dimension): object {
  const plain = singlesOf(dimension).every(({ number }, place) => number === place + 1);
  if (dimension.type === 'enumeration') {
    const { default: standard, values, ...rest } = dimension;
    const written = plain ? values.map(({ value }) => value) : values;
    return { ...rest, values: written, ...(standard === null ? {} : { default: standard }) };
  }
  if (dimension.type === 'set') {
    const classes = dimension.classes.map(({ number, ...one }) =>
      plain ? one : { number, ...one },
    );
    return { ...dimension, classes };
  }
  const { intervals, ...rest } = dimension;
  const written = intervals.map(({ number, from, fromIncluded, to, toIncluded }) => ({
    ...(plain ? {} : { number }),
    from,
    ...(from === null || fromIncluded ? {} : { fromIncluded }),
    to,
    ...(toIncluded ? { toIncluded } : {}),
  }));
  // JSON leaves out what is undefined, and the message has no null for "no time zone".
  const timeZone = 'timeZone' in rest ? { timeZone: rest.timeZone ?? undefined } : {};
  return { ...rest, ...timeZone, intervals: written };
}

interface Line {
  readonly choices: readonly (string | number)[];
  readonly terms: RateLineMessage;
  /** Equal for lines that may be one. */
  readonly sameness: string;
}

function writeLines(
  dimensions: readonly Dimension[],
  rates: readonly CellRate[],
): readonly WrittenLine[] {
  const counts = countsOf(dimensions);
  const words = dimensions.map((dimension) =>
    singlesOf(dimension).map(({ value, number }) => value ?? number),
  );
  const known = new Map<CellRate['rate'], { terms: RateTermsMessage; sameness: string }>();
  let lines = rates.map((entry, index): Line => {
    const places = placesOf(index, counts);
    const choices = words.map((one, place) => one[places[place] ?? 0] ?? '');
    return { choices, ...termsOf(entry, known) };
  });
  if (rates.length !== cellCount(counts)) throw new Error('the rates do not fit the cells');
  dimensions.forEach((_, place) => {
    lines = merge(lines, place, counts[place] ?? 0);
  });
  return lines.map(({ choices, terms }) => ({
    cell: Object.fromEntries(dimensions.map(({ name }, place) => [name, choices[place] ?? ''])),
    ...terms,
  }));
}

function termsOf(
  { rate, id, rounding }: CellRate,
  known: Map<CellRate['rate'], { terms: RateTermsMessage; sameness: string }>,
): { readonly terms: RateLineMessage; readonly sameness: string } {
  let found = known.get(rate);
  if (found === undefined) {
    const terms = writeRate(rate);
    found = { terms, sameness: JSON.stringify(terms) };
    known.set(rate, found);
  }
  if (id === undefined && rounding === undefined) return found as Line;
  const terms = {
    ...found.terms,
    ...(rounding === undefined ? {} : { rounding }),
    ...(id === undefined ? {} : { cellId: id }),
  } as RateLineMessage;
  return { terms, sameness: JSON.stringify(terms) };
}

/** Lines that differ in one dimension alone become one where they cover all of it. */
function merge(lines: readonly Line[], place: number, count: number): Line[] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.choices.with(place, '*'), line.sameness]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < count || count === 1) return group;
    return [{ ...first, choices: first.choices.with(place, '*') }];
  });
}
