import { isRefusal, parseCurrency, refuse, type Refusal } from '@sluice/money';
import { CsvError, parse } from 'csv-parse/sync';
import type { IntervalDimension } from '../tariff.ts';
import { scaleOf } from '../scale.ts';
import { dimensionOf, type CsvDimension, type HeadRows } from './csv-dimensions.ts';
import { readInterval, type BoundsText } from './interval-text.ts';

/** A row of the file, with the line that it begins on. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** The columns that a rate may have beside its dimensions. */
export const rateColumns = [
  'flat',
  'proportion',
  'minimum',
  'maximum',
  'cap',
  'rate',
  'rounding',
  'cellId',
] as const;

const headNames = ['id', 'businessId', 'version', 'currency', 'effectiveFrom', 'corrects'] as const;

/**
 * Reads a tariff as finance people keep it in a spreadsheet: rows of its head, then a table with
 * a column for each dimension and each part of a rate. docs/tariff-csv.md describes it.
 *
 * @returns the message for `parseTariff`, which proves it; or `CSV_INVALID` with every fault of
 *   form, each with its line.
 */
export function csvToMessage(text: string): object | Refusal {
  const rows = readRows(text);
  if (isRefusal(rows)) return rows;
  const faults: string[] = [];
  const split = rows.findIndex(({ fields }) => fields[0] === 'rates');
  const [header, ...lines] = split === -1 ? [] : rows.slice(split + 1);
  if (header === undefined) {
    return refuseCsv(['there is no row "rates" with a header and rates below it']);
  }
  const head = readHead(rows.slice(0, split), faults);
  const columns = readColumns(header, head, faults);
  const rates = lines.map((row) => readRate(row, columns, faults));
  if (faults.length > 0) return refuseCsv(faults);
  const currency = parseCurrency(head.values['currency'] ?? '');
  const dimensions = head.dimensions.map((row) => {
    const texts = [...new Set(rates.flatMap(({ cell }) => cell.get(row.name) ?? []))];
    return dimensionOf(
      row,
      head,
      texts.filter((one) => one !== '*'),
      (dimension) =>
        isRefusal(currency) ? undefined : scaleOf(dimension as IntervalDimension, currency),
    );
  });
  return {
    ...head.values,
    version: Number(head.values['version']),
    ...(head.rounding === undefined ? {} : { rounding: head.rounding }),
    ...(head.tax === undefined ? {} : { tax: head.tax }),
    dimensions,
    order: head.dimensions.map(({ name }) => name),
    rates: rates.map(({ cell, terms }) => ({ ...terms, cell: numbered(cell, dimensions) })),
  };
}

function refuseCsv(faults: readonly string[]): Refusal {
  const shown = faults.slice(0, 3).join('; ');
  const more = faults.length > 3 ? '; ...' : '';
  return refuse('CSV_INVALID', `the CSV is no tariff: ${shown}${more}`, { faults });
}

function readRows(text: string): readonly CsvRow[] | Refusal {
  try {
    const options = { bom: true, relax_column_count: true, skip_empty_lines: true, trim: true };
    const records = parse(text, { ...options, info: true }) as unknown as readonly {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
    return records
      .map(({ record, info }) => ({ line: info.lines, fields: record }))
      .filter(({ fields }) => fields.some((field) => field !== ''));
  } catch (error) {
    if (error instanceof CsvError) return refuseCsv([error.message]);
    throw error;
  }
}

function readHead(rows: readonly CsvRow[], faults: string[]): HeadRows {
  const head: HeadRows = {
    values: {},
    dimensions: [],
    intervals: [],
    classes: [],
    last: new Map(),
  };
  for (const { line, fields } of rows) {
    const [kind = '', name = '', ...rest] = fields;
    const given = rest.filter((field) => field !== '');
    if (headNames.some((one) => one === kind)) head.values[kind] = name;
    else if (kind === 'rounding') head.rounding = roundingOf([name, ...rest]);
    else if (kind === 'tax') {
      head.tax = { name, rate: rest[0] ?? '', included: rest[1] === 'included' };
      if (rest[1] !== 'included' && rest[1] !== 'on top') {
        faults.push(`line ${line}: say "included" or "on top" behind the tax rate`);
      }
    } else if (kind === 'dimension') head.dimensions.push({ line, name, settings: rest });
    else if (kind === 'interval') {
      head.intervals.push({ dimension: name, text: rest[0] ?? '', number: rest[1] ?? '' });
    } else if (kind === 'class') head.classes.push({ dimension: name, fields: given });
    else if (kind === 'lastNumber') head.last.set(name, Number(rest[0]));
    else faults.push(`line ${line}: "${kind}" is no part of a tariff's head`);
  }
  return head;
}

/** `half-even`, `currency`, `line`. */
function roundingOf([mode = '', scale = '', stage = '']: readonly string[]): object {
  return { mode, scale: /^\d+$/.test(scale) ? Number(scale) : scale, stage };
}

function readColumns(header: CsvRow, head: HeadRows, faults: string[]): readonly string[] {
  const known = [...head.dimensions.map(({ name }) => name), ...rateColumns];
  for (const column of header.fields) {
    if (column !== '' && !known.includes(column)) {
      faults.push(`line ${header.line}: "${column}" is no dimension and no part of a rate`);
    }
  }
  for (const { name } of head.dimensions) {
    if (!header.fields.includes(name)) {
      faults.push(`line ${header.line}: the dimension "${name}" has no column`);
    }
  }
  return header.fields;
}

interface CsvRate {
  readonly cell: ReadonlyMap<string, string>;
  readonly terms: object;
}

function readRate({ line, fields }: CsvRow, columns: readonly string[], faults: string[]): CsvRate {
  const cell = new Map<string, string>();
  let terms: object = {};
  columns.forEach((column, place) => {
    const text = fields[place] ?? '';
    if (text === '' || column === '') return;
    if (!rateColumns.some((one) => one === column)) cell.set(column, text);
    else if (column === 'rounding') terms = { ...terms, rounding: roundingOf(text.split(' ')) };
    else if (column === 'rate') terms = { ...terms, ...readJson(text, line, faults) };
    else terms = { ...terms, [column]: text };
  });
  const extra = fields.slice(columns.length).filter((field) => field !== '');
  if (extra.length > 0) faults.push(`line ${line}: "${extra[0]}" stands under no column`);
  return { cell, terms };
}

function readJson(text: string, line: number, faults: string[]): object {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // What follows tells it with its line.
  }
  faults.push(`line ${line}: the column "rate" holds no JSON object`);
  return {};
}

/** Cells of intervals are known by their bounds in the file, and by their numbers in a message. */
function numbered(
  cell: CsvRate['cell'],
  dimensions: readonly CsvDimension[],
): Readonly<Record<string, string | number>> {
  const entries = [...cell].map(([name, text]): [string, string | number] => {
    const dimension = dimensions.find((one) => one.name === name);
    if (text === '*' || dimension === undefined || !('intervals' in dimension)) return [name, text];
    const intervals = dimension.intervals as readonly (BoundsText & { readonly number?: number })[];
    const wanted = readInterval(text);
    const place = wanted === undefined ? -1 : intervals.findIndex((one) => isSame(one, wanted));
    // A text that is no interval stays: the proof then names its line of rates.
    return [name, place === -1 ? text : (intervals[place]?.number ?? place + 1)];
  });
  return Object.fromEntries(entries);
}

function isSame(left: BoundsText, right: BoundsText): boolean {
  return (
    left.from === right.from &&
    left.to === right.to &&
    left.fromIncluded === right.fromIncluded &&
    left.toIncluded === right.toIncluded
  );
}
