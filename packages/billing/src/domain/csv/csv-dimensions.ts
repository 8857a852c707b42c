import type { Scale } from '../scale.ts';
import { readInterval, type BoundsText } from './interval-text.ts';

/** A row `dimension` of the head. */
export interface DimensionRow {
  readonly line: number;
  readonly name: string;
  /** Its type, then what the type asks for. */
  readonly settings: readonly string[];
}

/** The head of the file, as rows were found. */
export interface HeadRows {
  readonly values: Record<string, string>;
  rounding?: object;
  tax?: object;
  readonly dimensions: DimensionRow[];
  readonly intervals: {
    readonly dimension: string;
    readonly text: string;
    readonly number: string;
  }[];
  readonly classes: { readonly dimension: string; readonly fields: readonly string[] }[];
  readonly last: Map<string, number>;
}

/** A dimension as the message has it. */
export interface CsvDimension {
  readonly name: string;
  readonly [key: string]: unknown;
}

/**
 * The dimension of the message. Its intervals are those that the head lists, or else those that
 * the rates name, in ascending order.
 *
 * @param texts what the rates name.
 */
export function dimensionOf(
  { name, settings }: DimensionRow,
  head: HeadRows,
  texts: readonly string[],
  scaleFor: (dimension: object) => Scale | undefined,
): CsvDimension {
  const [type = '', ...rest] = settings;
  const last = head.last.get(name);
  const common = { name, type, ...(last === undefined ? {} : { lastNumber: last }) };
  const listed = head.intervals.filter(({ dimension }) => dimension === name);
  const [first = '', second = ''] = rest;
  switch (type) {
    case 'enumeration':
      return {
        ...common,
        values:
          listed.length === 0 ? texts : listed.map(({ text, number }) => valueOf(text, number)),
        ...(first === '' ? {} : { default: first }),
      };
    case 'set': {
      const classes = head.classes.filter(({ dimension }) => dimension === name);
      const values = rest.slice(1).filter((value) => value !== '');
      return { ...common, values, unlisted: first, classes: classes.map(classOf) };
    }
    default: {
      const set = settingsOf(type, first, second);
      const intervals =
        listed.length === 0
          ? sorted(texts, scaleFor({ ...common, ...set }))
          : listed.map(({ text, number }) => ({ ...numberOf(number), ...boundsOf(text) }));
      return { ...common, ...set, intervals };
    }
  }
}

function settingsOf(type: string, first: string, second: string): object {
  if (type === 'number') return { unit: first, decimals: Number(second === '' ? '0' : second) };
  if (type === 'timeOfDay') return { timeZone: first };
  if (type !== 'date' && type !== 'time') return {};
  return {
    ...(first === '' ? {} : { calendar: first }),
    ...(second === '' ? {} : { timeZone: second }),
  };
}

function numberOf(text: string): { readonly number?: number } {
  return text === '' ? {} : { number: Number(text) };
}

function valueOf(value: string, number: string): string | object {
  return number === '' ? value : { value, number: Number(number) };
}

/** A text that is no interval is left to the message's schema, which quotes it. */
function boundsOf(text: string): BoundsText {
  return readInterval(text) ?? { from: text, to: null };
}

/** By lower end; texts that cannot be read keep their place at the end. */
function sorted(texts: readonly string[], scale: Scale | undefined): readonly BoundsText[] {
  const bounds = texts.map((text) => boundsOf(text));
  if (scale === undefined) return bounds;
  const startOf = ({ from }: BoundsText): bigint | null | undefined =>
    from === null ? null : scale.parse(from);
  return bounds.toSorted((left, right) => {
    const [first, second] = [startOf(left), startOf(right)];
    if (first === second) return 0;
    if (first === null || second === undefined) return -1;
    if (second === null || first === undefined) return 1;
    return first < second ? -1 : 1;
  });
}

/** `vip`, `+vip`, `-new`, `#3`. */
function classOf({ fields }: { readonly fields: readonly string[] }): object {
  const [value = '', ...rest] = fields;
  const starting = (sign: string): readonly string[] =>
    rest.filter((field) => field.startsWith(sign)).map((field) => field.slice(1));
  const [number] = starting('#');
  return {
    value,
    with: starting('+'),
    without: starting('-'),
    ...(number === undefined ? {} : { number: Number(number) }),
  };
}
