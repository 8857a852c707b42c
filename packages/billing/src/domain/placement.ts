import { refuse, type Currency, type Refusal } from '@sluice/money';
import { labelOf, rangeOf } from './interval.ts';
import type { ElementValue } from './pricing.ts';
import { scaleOf, type Scale } from './scale.ts';
import type { Dimension, EnumerationDimension, IntervalDimension } from './tariff.ts';

/** The reduction of one billing element to the place of its interval. */
export interface Placement {
  /** The place from 0, or -1 when `refuse` says why not. Allocates nothing. */
  place(element: ElementValue | undefined): number;
  /** Why the element has no place. */
  refuse(element: unknown): Refusal;
  /** For people, by place. */
  readonly labels: readonly string[];
}

/** Prepares the reduction of one dimension (CN112070557B, "look up"). */
export function compilePlacement(dimension: Dimension, currency: Currency): Placement {
  return dimension.type === 'enumeration'
    ? placeByName(dimension)
    : placeBySearch(dimension, scaleOf(dimension, currency));
}

function placeByName({ name, values, default: standard }: EnumerationDimension): Placement {
  const places = new Map(values.map(({ value }, place) => [value, place]));
  const other = standard === null ? -1 : (places.get(standard) ?? -1);
  const labels = values.map(({ value }) => value);
  return {
    labels,
    place: (element) => (typeof element === 'string' ? (places.get(element) ?? other) : -1),
    refuse: (element) =>
      typeof element === 'string'
        ? outOfRange(name, `"${element}"`, `is none of ${labels.join(', ')}`)
        : refuseElement('ELEMENT_WRONG_TYPE', name, 'must be text'),
  };
}

function placeBySearch({ name, intervals }: IntervalDimension, scale: Scale): Placement {
  const ranges = intervals.map((interval) => {
    const range = rangeOf(interval, scale);
    if (range === undefined) throw new Error(`${name} has a bound that cannot be read`);
    return range;
  });
  const lowest = ranges[0]?.first ?? null;
  const highest = ranges.at(-1)?.last ?? null;
  // Without gaps, an interval's lower end is all that tells it from the one before.
  const starts = ranges.slice(1).map(({ first }) => first ?? 0n);
  const isOutside = (steps: bigint): boolean =>
    (lowest !== null && steps < lowest) || (highest !== null && steps > highest);
  return {
    labels: intervals.map((interval) => labelOf(interval, scale.unit)),
    place(element) {
      const steps = scale.read(element);
      return typeof steps !== 'bigint' || isOutside(steps) ? -1 : countUpTo(starts, steps);
    },
    refuse(element) {
      const steps = scale.read(element);
      if (typeof steps !== 'bigint') return refuseElement(steps.code, name, steps.problem);
      const ends = [lowest, highest].map((end) => (end === null ? 'any' : scale.format(end)));
      const range = `is outside ${ends.join(' to ')} ${scale.unit}`;
      return outOfRange(name, `${scale.format(steps)} ${scale.unit}`, range);
    },
  };
}

/** How many of the ascending starts are not above the value: binary search. */
function countUpTo(starts: readonly bigint[], value: bigint): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = starts[middle];
    if (start !== undefined && start <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function outOfRange(element: string, value: string, problem: string): Refusal {
  return refuse('OUT_OF_RANGE', `${element} ${value} ${problem}: the tariff has no price for it`, {
    element,
    value,
  });
}

function refuseElement(code: string, element: string, problem: string): Refusal {
  return refuse(code, `the billing element "${element}" ${problem}`, { element });
}
