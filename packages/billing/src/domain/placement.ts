import { refuse, type Currency, type Refusal } from '@sluice/money';
import { compileSearch } from './interval-search.ts';
import { labelOf, rangeOf } from './interval.ts';
import type { ElementValue } from './pricing.ts';
import { scaleOf, type Scale } from './scale.ts';
import { classLabel, placesBySet, setText } from './set-classes.ts';
import type { Dimension, EnumerationDimension, IntervalDimension, SetDimension } from './tariff.ts';

/** The reduction of one billing element to the place of its interval. */
export interface Placement {
  /** The place from 0, or -1 when `refuse` says why not. Allocates nothing. */
  readonly place: (element: ElementValue | undefined) => number;
  /** Why the element has no place. */
  readonly refuse: (element: unknown) => Refusal;
  /** For people, by place. */
  readonly labels: readonly string[];
}

/** Prepares the reduction of one dimension (CN112070557B, "look up"). */
export function compilePlacement(dimension: Dimension, currency: Currency): Placement {
  if (dimension.type === 'enumeration') return placeByName(dimension);
  if (dimension.type === 'set') return placeBySet(dimension);
  return placeBySearch(dimension, scaleOf(dimension, currency));
}

/** The set's values as bits, and one look-up in the table of all subsets. */
export function placeBySet(dimension: SetDimension): Placement {
  const { name, values, unlisted, classes } = dimension;
  const places = placesBySet(dimension);
  const bitOf = new Map(values.map((value, place) => [value, 1 << place]));
  const read = (element: unknown): number | readonly [code: string, problem: string] => {
    if (!Array.isArray(element)) return ['ELEMENT_WRONG_TYPE', 'must be a list of texts'];
    let bits = 0;
    for (const value of element as readonly unknown[]) {
      if (typeof value !== 'string') return ['ELEMENT_WRONG_TYPE', 'must be a list of texts'];
      const bit = bitOf.get(value);
      if (bit !== undefined) bits |= bit;
      else if (unlisted === 'refuse') {
        return ['OUT_OF_RANGE', `holds "${value}", which is none of ${values.join(', ')}`];
      }
    }
    return bits;
  };
  return {
    labels: classes.map(classLabel),
    place(element) {
      const bits = read(element);
      return typeof bits === 'number' ? (places[bits] ?? -1) : -1;
    },
    refuse(element) {
      const bits = read(element);
      return typeof bits === 'number'
        ? outOfRange(name, setText(element as readonly string[]), 'lies in no class')
        : refuseElement(bits[0], name, bits[1]);
    },
  };
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
  const search = compileSearch(ranges);
  return {
    labels: intervals.map((interval) => labelOf(interval, scale.unit)),
    place(element) {
      const steps = scale.read(element);
      return typeof steps === 'bigint' ? search(steps) : -1;
    },
    refuse(element) {
      const steps = scale.read(element);
      if (typeof steps !== 'bigint') return refuseElement(steps.code, name, steps.problem);
      const ends = [lowest, highest].map((end) => (end === null ? 'any' : scale.format(end)));
      const range = `is outside ${ends.join(' to ')} ${scale.unit}`.trim();
      return outOfRange(name, `${scale.format(steps)} ${scale.unit}`.trim(), range);
    },
  };
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
