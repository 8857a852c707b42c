import type { Currency } from '@sluice/money';
import { rangeOf, sampleOf } from './interval.ts';
import type { ElementValue } from './pricing.ts';
import { scaleOf } from './scale.ts';
import { sampleSet } from './set-classes.ts';
import type { Dimension } from './tariff.ts';

/** For each single interval of a dimension an element that lies in it. */
export function sampleElements(dimension: Dimension, currency: Currency): readonly ElementValue[] {
  if (dimension.type === 'enumeration') return dimension.values.map(({ value }) => value);
  if (dimension.type === 'set') {
    return dimension.classes.map((_, place) => sampleSet(dimension, place) ?? []);
  }
  const scale = scaleOf(dimension, currency);
  return dimension.intervals.map((interval) => {
    const range = rangeOf(interval, scale);
    if (range === undefined) throw new Error(`${dimension.name} has a bound that cannot be read`);
    return scale.element(sampleOf(range));
  });
}
