import type { Currency } from '@sluice/money';
import type { Fault } from './fault.ts';
import { intervalFaults } from './interval-faults.ts';
import { rangeOf, sampleOf } from './interval.ts';
import { scaleOf, type Scale } from './scale.ts';
import { repeated } from './repeated.ts';
import type { DimensionMessage } from './tariff-message.ts';
import type { Dimension, Interval } from './tariff.ts';

/** A dimension as read, whatever is wrong with it. */
export interface ReadDimension {
  readonly dimension: Dimension;
  readonly faults: readonly Fault[];
  /** For each interval a value in it and in no other, as text; none while there are faults. */
  readonly samples: readonly string[];
}

/** Numbers a dimension's single intervals, brings bounds to one form, and finds its faults. */
export function readDimension(message: DimensionMessage, currency: Currency): ReadDimension {
  if (message.type === 'enumeration') return readEnumeration(message);
  const scale = scaleOf(message, currency);
  const intervals = message.intervals.map((interval, place) => ({
    number: place + 1,
    from: canonical(interval.from, scale),
    fromIncluded: interval.from !== null && (interval.fromIncluded ?? true),
    to: canonical(interval.to, scale),
    toIncluded: interval.to !== null && (interval.toIncluded ?? false),
  }));
  const faults = intervalFaults(message.name, intervals, scale);
  const samples = intervals.map((interval) => sampleText(interval, scale));
  return {
    dimension: { ...message, intervals },
    faults,
    samples: faults.length === 0 ? samples : [],
  };
}

function readEnumeration(message: DimensionMessage & { type: 'enumeration' }): ReadDimension {
  const { name, type, values, default: standard } = message;
  const faults = repeated(values).map((value) => ({
    text: `${name} lists "${value}" more than once`,
    example: { [name]: value },
  }));
  if (standard !== undefined && !values.includes(standard)) {
    faults.push({
      text: `${name} has the default "${standard}", which is none of its values`,
      example: { [name]: standard },
    });
  }
  return {
    dimension: {
      name,
      type,
      values: [...new Set(values)].map((value, place) => ({ number: place + 1, value })),
      default: standard ?? null,
    },
    faults,
    samples: faults.length === 0 ? values : [],
  };
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
