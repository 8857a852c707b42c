import { money } from '@sluice/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import type { BillingElements, ElementValue } from '../index.ts';

/** An interval as a message writes it. */
export interface IntervalText {
  readonly from: string | null;
  readonly fromIncluded?: boolean;
  readonly to: string | null;
  readonly toIncluded?: boolean;
}

/** A dimension as a message writes it. */
export type DimensionText =
  | { readonly name: string; readonly type: 'money'; readonly intervals: readonly IntervalText[] }
  | {
      readonly name: string;
      readonly type: 'number';
      readonly unit: string;
      readonly decimals: number;
      readonly intervals: readonly IntervalText[];
    }
  | {
      readonly name: string;
      readonly type: 'date';
      readonly timeZone?: string;
      readonly intervals: readonly IntervalText[];
    }
  | {
      readonly name: string;
      readonly type: 'time';
      readonly timeZone: string;
      readonly intervals: readonly IntervalText[];
    }
  | {
      readonly name: string;
      readonly type: 'enumeration';
      readonly values: readonly string[];
      readonly default?: string;
    }
  | {
      readonly name: string;
      readonly type: 'set';
      readonly values: readonly string[];
      readonly unlisted: 'refuse' | 'ignore';
      readonly classes: readonly SetClassText[];
    };

/** A class of a set dimension as a message writes it. */
export interface SetClassText {
  readonly value: string;
  readonly with: readonly string[];
  readonly without: readonly string[];
}

/** A line of rates as a message writes it. */
export interface RateText {
  readonly cell: Readonly<Record<string, string | number>>;
  readonly flat: string;
}

/** A message with the parts that the properties vary. */
export interface MessageText {
  readonly dimensions: readonly DimensionText[];
  readonly order: readonly string[];
  readonly rates: readonly RateText[];
}

/** The rest of a message around those parts. */
export function messageOf(parts: MessageText): object {
  return {
    id: 'random-1',
    businessId: 'random',
    version: 1,
    currency: 'CNY',
    effectiveFrom: '2020-02-29',
    rounding: { mode: 'half-even', scale: 'currency', stage: 'line' },
    ...parts,
  };
}

function decimalsOf(dimension: DimensionText): number {
  return dimension.type === 'number' ? dimension.decimals : 2;
}

function stepText(steps: number, decimals: number): string {
  return new Decimal(steps).div(new Decimal(10).pow(decimals)).toFixed(decimals);
}

/** Ascending bounds, each shared by two neighbours and belonging to one of them. */
function intervals(decimals: number): fc.Arbitrary<readonly IntervalText[]> {
  const bound = fc.record({ steps: fc.integer({ min: -60, max: 60 }), below: fc.boolean() });
  const bounds = fc.uniqueArray(bound, {
    minLength: 2,
    maxLength: 6,
    selector: ({ steps }) => steps,
  });
  return fc.tuple(bounds, fc.boolean(), fc.boolean()).map(([found, openStart, openEnd]) => {
    // Two steps apart at least, so that no interval between open bounds is empty.
    const sorted = found.toSorted((left, right) => left.steps - right.steps);
    const texts = sorted.map(({ steps }, place) => stepText(steps + 2 * place, decimals));
    return texts.slice(1).map((to, place) => ({
      ...(openStart && place === 0
        ? { from: null }
        : { from: texts[place]!, fromIncluded: sorted[place]!.below }),
      ...(openEnd && place === texts.length - 2
        ? { to: null }
        : { to, toIncluded: !sorted[place + 1]!.below }),
    }));
  });
}

const zone = '+08:00';

/** The text of a step on each scale that is counted in days or seconds from 2020. */
function dayText(steps: number): string {
  return new Date(Date.UTC(2020, 0, 1 + steps)).toISOString().slice(0, 10);
}

function timeText(steps: number): string {
  const local = new Date(Date.UTC(2020, 0, 1, 8, 0, steps)).toISOString().slice(0, 19);
  return `${local}${zone}`;
}

/** Bounds as whole numbers, each written by a scale's own text. */
function writtenBy(
  write: (steps: number) => string,
): (found: readonly IntervalText[]) => readonly IntervalText[] {
  const text = (bound: string | null): string | null =>
    bound === null ? null : write(Number(bound));
  return (found) => found.map((one) => ({ ...one, from: text(one.from), to: text(one.to) }));
}

/** A decision tree over the values: each leaf is a class, so each set lies in one. */
function setClasses(
  values: readonly string[],
  decided: SetClassText = { value: 'c', with: [], without: [] },
): fc.Arbitrary<readonly SetClassText[]> {
  const [first, ...rest] = values;
  if (first === undefined) return fc.constant([decided]);
  const holding = { ...decided, value: `${decided.value}1`, with: [...decided.with, first] };
  const lacking = { ...decided, value: `${decided.value}0`, without: [...decided.without, first] };
  return fc
    .boolean()
    .chain((split) =>
      split
        ? fc
            .tuple(setClasses(rest, holding), setClasses(rest, lacking))
            .map(([left, right]) => [...left, ...right])
        : setClasses(rest, decided),
    );
}

function setDimension(name: string): fc.Arbitrary<DimensionText> {
  const values = ['a', 'b', 'c', '1'];
  return fc.tuple(setClasses(values), fc.boolean()).map(([classes, strict]) => ({
    name,
    type: 'set',
    values,
    unlisted: strict ? 'refuse' : 'ignore',
    classes,
  }));
}

function dimension(name: string): fc.Arbitrary<DimensionText> {
  const number = fc.integer({ min: 0, max: 3 }).chain((decimals) =>
    intervals(decimals).map((found): DimensionText => ({
      name,
      type: 'number',
      unit: 'kg',
      decimals,
      intervals: found,
    })),
  );
  const values = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '1'), { minLength: 1 });
  const enumeration = fc.tuple(values, fc.boolean()).map(([found, open]): DimensionText => ({
    name,
    type: 'enumeration',
    values: found,
    ...(open ? { default: found[0]! } : {}),
  }));
  return fc.oneof(
    intervals(2).map((found): DimensionText => ({ name, type: 'money', intervals: found })),
    number,
    enumeration,
    intervals(0)
      .map(writtenBy(dayText))
      .map((found): DimensionText => ({ name, type: 'date', intervals: found })),
    intervals(0)
      .map(writtenBy(timeText))
      .map((found): DimensionText => ({ name, type: 'time', timeZone: zone, intervals: found })),
    setDimension(name),
  );
}

/** What a cell may name in a dimension. */
export function choicesOf(dimension: DimensionText): readonly (string | number)[] {
  if (dimension.type === 'enumeration') return dimension.values;
  return dimension.type === 'set'
    ? dimension.classes.map(({ value }) => value)
    : dimension.intervals.map((_, place) => place + 1);
}

/** Every cell once; the dimensions in `wild` by `*`. */
function everyCell(
  dimensions: readonly DimensionText[],
  wild: ReadonlySet<string>,
): readonly RateText['cell'][] {
  return dimensions.reduce<readonly RateText['cell'][]>(
    (cells, found) =>
      cells.flatMap((cell) =>
        (wild.has(found.name) ? ['*'] : choicesOf(found)).map((choice) => ({
          ...cell,
          [found.name]: choice,
        })),
      ),
    [{}],
  );
}

/** Messages of right tariffs with 1 to 4 dimensions, each line of rates with a price of its own. */
export const rightMessage: fc.Arbitrary<MessageText> = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => {
    const names = ['first', 'second', 'third', 'constructor'].slice(0, count);
    return fc.tuple(
      fc.tuple(...names.map(dimension)),
      fc.shuffledSubarray(names, { minLength: count }),
      fc.subarray(names),
    );
  })
  .chain(([dimensions, order, wild]) => {
    const cells = everyCell(dimensions, new Set(wild));
    return fc.shuffledSubarray([...cells], { minLength: cells.length }).map((shuffled) => ({
      dimensions,
      order,
      rates: shuffled.map((cell, line) => ({ cell, flat: stepText(line, 2) })),
    }));
  });

/** A tariff over the same dimensions with an interval or value fewer here and there. */
export function variantOf(message: MessageText): fc.Arbitrary<MessageText> {
  const shorter = (found: DimensionText, cut: boolean): DimensionText => {
    if (found.type === 'set') return cut ? { ...found, unlisted: 'refuse' } : found;
    if (found.type === 'enumeration') {
      const values = cut && found.values.length > 1 ? found.values.slice(1) : found.values;
      return { name: found.name, type: found.type, values };
    }
    const { intervals: all } = found;
    return cut && all.length > 1 ? { ...found, intervals: all.slice(1) } : found;
  };
  return fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }).map((cuts) => {
    const dimensions = message.dimensions.map((found, place) => shorter(found, cuts[place]!));
    const rates = everyCell(dimensions, new Set()).map((cell, line) => ({
      cell,
      flat: stepText(line % 2, 2),
    }));
    return { dimensions, order: message.order, rates };
  });
}

/** Which intervals of the dimension, from 1, an element's text lies in: by looking at each. */
export function scanIntervals(dimension: DimensionText, text: string): readonly number[] {
  if (dimension.type === 'enumeration') {
    const place = dimension.values.indexOf(text);
    if (place !== -1) return [place + 1];
    return dimension.default === undefined ? [] : [dimension.values.indexOf(dimension.default) + 1];
  }
  if (dimension.type === 'set') return scanClasses(dimension, membersOf(text));
  const value = numberOf(dimension, text);
  return dimension.intervals.flatMap(({ from, fromIncluded, to, toIncluded }, place) => {
    const low = from === null ? null : numberOf(dimension, from);
    const high = to === null ? null : numberOf(dimension, to);
    const above = low === null || ((fromIncluded ?? true) ? value.gte(low) : value.gt(low));
    const below = high === null || ((toIncluded ?? false) ? value.lte(high) : value.lt(high));
    return above && below ? [place + 1] : [];
  });
}

function scanClasses(
  { values, unlisted, classes }: DimensionText & { type: 'set' },
  members: readonly string[],
): readonly number[] {
  if (unlisted === 'refuse' && members.some((one) => !values.includes(one))) return [];
  return classes.flatMap(({ with: some, without }, place) =>
    some.every((one) => members.includes(one)) && !without.some((one) => members.includes(one))
      ? [place + 1]
      : [],
  );
}

/** The texts of a set: `{a, b}`. */
function membersOf(text: string): readonly string[] {
  return text
    .slice(1, -1)
    .split(', ')
    .filter((one) => one !== '');
}

/** A bound or value as a number, whatever it counts. */
function numberOf({ type }: DimensionText, text: string): Decimal {
  if (type === 'date') return new Decimal(Date.parse(text));
  if (type !== 'time') return new Decimal(text);
  const [, seconds = '', fraction = '0'] = /^([^.]+?)(?:\.(\d+))?\+08:00$/.exec(text) ?? [];
  return new Decimal(Date.parse(`${seconds}${zone}`)).div(1_000).plus(`0.${fraction}`);
}

/** Every line of rates that prices the elements: by looking at each line and dimension. */
export function scanRates(
  message: MessageText,
  elements: Readonly<Record<string, string>>,
): readonly RateText[] {
  return message.rates.filter(({ cell }) =>
    message.dimensions.every((found) => {
      const hits = scanIntervals(found, elements[found.name]!);
      const choice = cell[found.name];
      return hits.some((hit) => choice === '*' || choice === choicesOf(found)[hit - 1]);
    }),
  );
}

/** An element's text, mostly near the bounds. */
export function elementText(dimension: DimensionText): fc.Arbitrary<string> {
  if (dimension.type === 'enumeration') return fc.constantFrom('a', 'b', 'c', 'd', '1', 'new', '*');
  if (dimension.type === 'set') {
    return fc.subarray(['a', 'b', 'c', '1', 'new']).map((some) => `{${some.join(', ')}}`);
  }
  if (dimension.type === 'date') return fc.integer({ min: -90, max: 90 }).map(dayText);
  if (dimension.type === 'time') return fc.integer({ min: -90, max: 90 }).map(timeText);
  const decimals = decimalsOf(dimension);
  const bounds = dimension.intervals
    .flatMap(({ from, to }) => [from, to])
    .filter((b) => b !== null);
  const nearBound = fc
    .tuple(fc.constantFrom('0', ...bounds), fc.integer({ min: -1, max: 1 }))
    .map(([bound, step]) => new Decimal(bound).plus(stepText(step, decimals)).toFixed(decimals));
  const anywhere = fc.integer({ min: -90, max: 90 }).map((steps) => stepText(steps, decimals));
  return fc
    .oneof(nearBound, anywhere)
    .map((text) => (/^-[0.]+$/.test(text) ? text.slice(1) : text));
}

/** One text for every dimension. */
export function elementTexts(message: MessageText): fc.Arbitrary<Readonly<Record<string, string>>> {
  return fc
    .tuple(...message.dimensions.map(elementText))
    .map((texts) =>
      Object.fromEntries(texts.map((text, place) => [message.dimensions[place]!.name, text])),
    );
}

/** The texts as a request carries them. */
export function elementsOf(
  message: MessageText,
  texts: Readonly<Record<string, string>>,
): BillingElements {
  const element = (found: DimensionText): ElementValue => {
    const text = texts[found.name]!;
    if (found.type === 'enumeration' || found.type === 'date' || found.type === 'time') return text;
    if (found.type === 'set') return membersOf(text);
    if (found.type === 'number') return { value: text, unit: found.unit };
    return money(BigInt(new Decimal(text).times(100).toFixed(0)), 'CNY');
  };
  return Object.fromEntries(message.dimensions.map((found) => [found.name, element(found)]));
}
