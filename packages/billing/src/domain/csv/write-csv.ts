import { stringify } from 'csv-stringify/sync';
import type { RoundingPolicy } from '@sluice/money';
import { singlesOf } from '../cells.ts';
import type { Dimension, Tariff } from '../tariff.ts';
import { toMessage, type WrittenLine } from '../to-message.ts';
import { writeInterval } from './interval-text.ts';
import { rateColumns } from './read-csv.ts';

/** Writes a tariff as `csvToMessage` reads it back to the same tariff. */
export function tariffToCsv(tariff: Tariff): string {
  const { rates } = toMessage(tariff);
  const used = rateColumns.filter((column) =>
    rates.some((line) => rateFields(line)[column] !== undefined),
  );
  const header = [...tariff.dimensions.map(({ name }) => name), ...used];
  return stringify([
    ...headRows(tariff),
    ...tariff.dimensions.flatMap(dimensionRows),
    ['rates'],
    header,
    ...rates.map((line) => {
      const fields = rateFields(line);
      return [
        ...tariff.dimensions.map((dimension) => cellText(dimension, line.cell[dimension.name])),
        ...used.map((column) => fields[column] ?? ''),
      ];
    }),
  ]);
}

function headRows(tariff: Tariff): readonly (readonly string[])[] {
  const { id, businessId, version, currency, effectiveFrom, corrects, rounding, tax } = tariff;
  return [
    ['id', id],
    ['businessId', businessId],
    ['version', String(version)],
    ['currency', currency],
    ['effectiveFrom', effectiveFrom],
    ...(corrects === undefined ? [] : [['corrects', corrects]]),
    ['rounding', ...roundingFields(rounding)],
    ...(tax === undefined
      ? []
      : [['tax', tax.name, tax.rate, tax.included ? 'included' : 'on top']]),
  ];
}

function roundingFields({ mode, scale, stage }: RoundingPolicy): readonly string[] {
  return [mode, String(scale), stage];
}

/** Single intervals are always listed: the rates may name some of them by `*` alone. */
function dimensionRows(dimension: Dimension): readonly (readonly string[])[] {
  const { name, type, lastNumber } = dimension;
  const plain = singlesOf(dimension).every(({ number }, place) => number === place + 1);
  const numberField = (number: number): readonly string[] => (plain ? [] : [String(number)]);
  const last = lastNumber === undefined ? [] : [['lastNumber', name, String(lastNumber)]];
  const row = ['dimension', name, type, ...settingsOf(dimension)];
  if (dimension.type === 'set') {
    const classes = dimension.classes.map((one) => [
      ...['class', name, one.value],
      ...one.with.map((value) => `+${value}`),
      ...one.without.map((value) => `-${value}`),
      ...(plain ? [] : [`#${one.number}`]),
    ]);
    return [row, ...last, ...classes];
  }
  const singles =
    dimension.type === 'enumeration'
      ? dimension.values.map(({ value, number }) => [value, ...numberField(number)])
      : dimension.intervals.map((one) => [writeInterval(one), ...numberField(one.number)]);
  return [row, ...last, ...singles.map((fields) => ['interval', name, ...fields])];
}

function settingsOf(dimension: Dimension): readonly string[] {
  switch (dimension.type) {
    case 'money':
      return [];
    case 'number':
      return [dimension.unit, String(dimension.decimals)];
    case 'date':
    case 'time':
      return [dimension.calendar, dimension.timeZone ?? ''];
    case 'timeOfDay':
      return [dimension.timeZone];
    case 'enumeration':
      return dimension.default === null ? [] : [dimension.default];
    case 'set':
      return [dimension.unlisted, ...dimension.values];
  }
}

function cellText(dimension: Dimension, choice: string | number | undefined): string {
  if (choice === '*' || choice === undefined || !('intervals' in dimension)) return String(choice);
  const interval = dimension.intervals.find(({ number }) => number === choice);
  return interval === undefined ? String(choice) : writeInterval(interval);
}

type RateFields = Partial<Record<(typeof rateColumns)[number], string>>;

/** What has a column of its own stands there; the rest is JSON in the column `rate`. */
function rateFields(line: WrittenLine): RateFields {
  const { flat, proportion, minimum, maximum, cap, rounding, cellId, ...more } = line;
  const rest = { ...more, cell: undefined };
  const all = {
    ...{ flat, proportion, minimum, maximum, cap, cellId },
    rate: Object.keys(more).length === 1 ? undefined : JSON.stringify(rest),
    rounding: rounding === undefined ? undefined : roundingFields(rounding).join(' '),
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== undefined));
}
