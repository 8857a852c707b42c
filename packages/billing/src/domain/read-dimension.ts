import type { Currency } from '@sluice/money';
import { singlesOf } from './cells.ts';
import type { Fault } from './fault.ts';
import { intervalFaults } from './interval-faults.ts';
import { rangeOf, sampleOf } from './interval.ts';
import { repeated } from './repeated.ts';
import { scaleOf, type Scale } from './scale.ts';
import { sampleSet, setFaults, setText } from './set-classes.ts';
import type { DimensionMessage } from './tariff-message.ts';
import type {
  Dimension,
  EnumerationDimension,
  Interval,
  IntervalDimension,
  SetDimension,
} from './tariff.ts';

/** A dimension as read, whatever is wrong with it. */
export interface ReadDimension {
  readonly dimension: Dimension;
  readonly faults: readonly Fault[];
  /** For each interval a value in it and in no other, as text; none while there are faults. */
  readonly samples: readonly string[];
}

type Message<Type extends DimensionMessage['type']> = DimensionMessage & { readonly type: Type };

/** Numbers a dimension's single intervals, brings bounds to one form, and finds its faults. */
export function readDimension(message: DimensionMessage, currency: Currency): ReadDimension {
  const read =
    message.type === 'enumeration'
      ? readEnumeration(message)
      : message.type === 'set'
        ? readSet(message)
        : readIntervals(message, currency);
  const numbering = numberFaults(read.dimension);
  const faults = [...read.faults, ...numbering];
  const samples = faults.length === 0 ? read.samples : [];
  return { dimension: withLastNumber(read.dimension, message.lastNumber), faults, samples };
}

function readIntervals(
  message: Exclude<DimensionMessage, { type: 'enumeration' | 'set' }>,
  currency: Currency,
): ReadDimension {
  const empty = emptyDimension(message);
  const scale = scaleOf(empty, currency);
  const intervals = message.intervals.map((interval, place) => ({
    number: interval.number ?? place + 1,
    from: canonical(interval.from, scale),
    fromIncluded: interval.from !== null && (interval.fromIncluded ?? true),
    to: canonical(interval.to, scale),
    toIncluded: interval.to !== null && (interval.toIncluded ?? false),
  }));
  return {
    dimension: { ...empty, intervals },
    faults: intervalFaults(message.name, intervals, scale),
    samples: intervals.map((interval) => sampleText(interval, scale)),
  };
}

/** The dimension with its settings filled in, and no intervals yet. */
function emptyDimension(
  message: Exclude<DimensionMessage, { type: 'enumeration' | 'set' }>,
): IntervalDimension {
  const { name } = message;
  const intervals: readonly Interval[] = [];
  switch (message.type) {
    case 'money':
      return { name, type: 'money', intervals };
    case 'number':
      return { name, type: 'number', unit: message.unit, decimals: message.decimals, intervals };
    case 'date': {
      const { calendar = 'iso8601', timeZone = null } = message;
      return { name, type: 'date', calendar, timeZone, intervals };
    }
    case 'time': {
      const { calendar = 'iso8601', timeZone } = message;
      return { name, type: 'time', calendar, timeZone, intervals };
    }
    case 'timeOfDay':
      return { name, type: 'timeOfDay', timeZone: message.timeZone, intervals };
  }
}

function readEnumeration(message: Message<'enumeration'>): ReadDimension {
  const { name, type, default: standard } = message;
  const values = message.values.map((value, place) =>
    typeof value === 'string' ? { number: place + 1, value } : value,
  );
  const words = values.map(({ value }) => value);
  const faults = repeated(words).map((value) => ({
    text: `${name} lists "${value}" more than once`,
    example: { [name]: value },
  }));
  if (standard !== undefined && !words.includes(standard)) {
    faults.push({
      text: `${name} has the default "${standard}", which is none of its values`,
      example: { [name]: standard },
    });
  }
  const seen = new Set<string>();
  const once = values.filter(({ value }) => !seen.has(value) && seen.add(value));
  const dimension: EnumerationDimension = { name, type, values: once, default: standard ?? null };
  return { dimension, faults, samples: words };
}

function readSet(message: Message<'set'>): ReadDimension {
  const { name, type, values, unlisted } = message;
  const classes = message.classes.map(
    ({ value, number, with: some = [], without = [] }, place) => ({
      number: number ?? place + 1,
      value,
      with: [...new Set(some)],
      without: [...new Set(without)],
    }),
  );
  const dimension: SetDimension = { name, type, values, unlisted, classes };
  const faults = [
    ...repeated(values).map((value) => ({ text: `${name} lists "${value}" more than once` })),
    ...repeated(classes.map(({ value }) => value)).map((value) => ({
      text: `${name} has two classes of the name "${value}"`,
    })),
  ];
  const all = faults.length > 0 ? faults : setFaults(dimension);
  return {
    dimension,
    faults: all,
    samples:
      all.length > 0 ? [] : classes.map((_, place) => setText(sampleSet(dimension, place) ?? [])),
  };
}

function numberFaults(dimension: Dimension): readonly Fault[] {
  const numbers = singlesOf(dimension).map(({ number }) => String(number));
  return repeated(numbers).map((number) => ({
    text: `${dimension.name} gives the number ${number} to more than one interval`,
  }));
}

/** Kept only where it says more than the numbers themselves do. */
function withLastNumber(dimension: Dimension, lastNumber: number | undefined): Dimension {
  const highest = singlesOf(dimension).reduce((most, { number }) => Math.max(most, number), 0);
  if (lastNumber === undefined || lastNumber <= highest) return dimension;
  return { ...dimension, lastNumber };
}

/** A bound that cannot be read stays as written: its fault quotes it. */
function canonical(bound: string | null, scale: Scale): string | null {
  const steps = bound === null ? undefined : scale.parse(bound);
  return steps === undefined ? bound : scale.format(steps);
}

function sampleText(interval: Interval, scale: Scale): string {
  const range = rangeOf(interval, scale);
  return range === undefined ? '' : scale.format(sampleOf(range));
}
