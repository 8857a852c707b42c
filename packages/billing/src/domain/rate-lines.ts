import type { Currency } from '@sluice/money';
import type { z } from 'zod';
import { maxDecimalLength } from './exact.ts';
import type { Fault } from './fault.ts';
import { rateLine, type RateLineMessage } from './rates/rate-message.ts';
import { readRate } from './rates/read-rate.ts';
import { unitsIn } from './rates/units-in.ts';
import type { TariffRate } from './rates/tariff-rate.ts';
import { exponentFault } from './rounding-fault.ts';
import { shapeFault } from './shape-fault.ts';
import type { Dimension } from './tariff.ts';

/** What a line of rates says of its cell: a value, an interval's number or `*` by dimension. */
export type CellMessage = Readonly<Record<string, string | number>>;

/** A line of rates whose shape is right. Lines that say the same share one `terms`. */
export interface RateLine {
  readonly cell: CellMessage;
  readonly terms: RateLineMessage;
}

/**
 * Checks the shape of every line of rates. There can be a million of them and most say what
 * another one says, so what a line says beside its cell is looked at once for all that are alike.
 */
export function readRateLines(raw: readonly unknown[]): {
  readonly lines: readonly RateLine[];
  readonly faults: readonly Fault[];
} {
  const known = new Map<string, RateLineMessage>();
  const lines: RateLine[] = [];
  const faults: Fault[] = [];
  for (const [line, item] of raw.entries()) {
    const fail: Fail = (path, message) => {
      faults.push(shapeFault({ path: ['rates', line, ...path], message }));
    };
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      fail([], 'Invalid input: expected object');
      continue;
    }
    const { cell } = item as { readonly cell?: unknown };
    const wellFormed = isCell(cell, fail);
    const terms = simpleTerms(item, known) ?? shapedTerms(item, known, fail);
    if (wellFormed && terms !== undefined) lines.push({ cell, terms });
  }
  return { lines, faults };
}

type Fail = (path: readonly PropertyKey[], message: string) => void;

function isCell(cell: unknown, fail: Fail): cell is CellMessage {
  if (typeof cell !== 'object' || cell === null || Array.isArray(cell)) {
    fail(['cell'], 'name a value, the number of an interval or "*" for each dimension');
    return false;
  }
  let good = true;
  for (const name of Object.keys(cell)) {
    const choice = (cell as Record<string, unknown>)[name];
    const valid =
      typeof choice === 'string' ||
      (typeof choice === 'number' && Number.isInteger(choice) && choice > 0);
    if (valid) continue;
    fail(['cell', name], 'use a value, the number of an interval or "*"');
    good = false;
  }
  return good;
}

/** A cell and one price, as nearly all lines are: told without a schema, for a million's sake. */
function simpleTerms(
  item: object,
  known: Map<string, RateLineMessage>,
): RateLineMessage | undefined {
  const [first, second, ...more] = Object.keys(item);
  const name = first === 'cell' ? second : first;
  if (more.length > 0 || (name !== 'flat' && name !== 'proportion')) return undefined;
  const text = (item as Record<string, unknown>)[name];
  if (typeof text !== 'string' || text.length > maxDecimalLength) return undefined;
  const key = `${name} ${text}`;
  let terms = known.get(key);
  if (terms === undefined) {
    terms = name === 'flat' ? { flat: text } : { proportion: text };
    known.set(key, terms);
  }
  return terms;
}

function shapedTerms(
  item: object,
  known: Map<string, RateLineMessage>,
  fail: Fail,
): RateLineMessage | undefined {
  const rest = Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'cell'));
  const text = JSON.stringify(rest);
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const shaped = rateLine.safeParse(rest);
  if (shaped.success) {
    known.set(text, shaped.data);
    return shaped.data;
  }
  shaped.error.issues.forEach(({ path, message }: z.core.$ZodIssue) => fail(path, message));
  return undefined;
}

/** The rate of each line in canonical form; lines alike share one. Undefined where faulty. */
export function readRates(
  lines: readonly RateLine[],
  dimensions: readonly Dimension[],
  currency: Currency,
): { readonly rates: readonly (TariffRate | undefined)[]; readonly faults: readonly Fault[] } {
  const known = new Map<RateLineMessage, TariffRate | readonly string[]>();
  const faults: Fault[] = [];
  const rates = lines.map(({ terms }, line) => {
    const read = known.get(terms) ?? readTerms(terms, dimensions, currency);
    known.set(terms, read);
    if ('kind' in read) return read;
    faults.push(...read.map((text) => ({ text: `rate ${line + 1}: ${text}` })));
    return undefined;
  });
  return { rates, faults };
}

function readTerms(
  terms: RateLineMessage,
  dimensions: readonly Dimension[],
  currency: Currency,
): TariffRate | readonly string[] {
  const rate = readRate(terms, currency);
  const rounding = terms.rounding === undefined ? [] : exponentFault(terms.rounding, currency);
  if (typeof rate === 'string') return [rate, ...rounding];
  const problems = [...rounding, ...unitFaults(rate, dimensions)];
  return problems.length === 0 ? rate : problems;
}

/** A rate that counts an element counts it in the unit that the dimension has. */
function unitFaults(rate: TariffRate, dimensions: readonly Dimension[]): readonly string[] {
  return unitsIn(rate).flatMap(({ element, unit }) => {
    const dimension = dimensions.find(({ name }) => name === element);
    if (dimension === undefined) return [];
    if (dimension.type !== 'number') {
      return [`it counts the ${unit} of ${element}, which is a dimension of ${dimension.type}`];
    }
    if (dimension.unit === unit) return [];
    return [`it counts ${element} in ${unit}, the dimension is in ${dimension.unit}`];
  });
}
