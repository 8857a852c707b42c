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
      readonly type: 'enumeration';
      readonly values: readonly string[];
      readonly default?: string;
    };

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
  );
}

/** What a cell may name in a dimension. */
export function choicesOf(dimension: DimensionText): readonly (string | number)[] {
  return dimension.type === 'enumeration'
    ? dimension.values
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

/** Which intervals of the dimension, from 1, an element's text lies in: by looking at each. */
export function scanIntervals(dimension: DimensionText, text: string): readonly number[] {
  if (dimension.type === 'enumeration') {
    const place = dimension.values.indexOf(text);
    if (place !== -1) return [place + 1];
    return dimension.default === undefined ? [] : [dimension.values.indexOf(dimension.default) + 1];
  }
  const value = new Decimal(text);
  return dimension.intervals.flatMap(({ from, fromIncluded, to, toIncluded }, place) => {
    const above = from === null || ((fromIncluded ?? true) ? value.gte(from) : value.gt(from));
    const below = to === null || ((toIncluded ?? false) ? value.lte(to) : value.lt(to));
    return above && below ? [place + 1] : [];
  });
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
    if (found.type === 'enumeration') return text;
    if (found.type === 'number') return { value: text, unit: found.unit };
    return money(BigInt(new Decimal(text).times(100).toFixed(0)), 'CNY');
  };
  return Object.fromEntries(message.dimensions.map((found) => [found.name, element(found)]));
}
