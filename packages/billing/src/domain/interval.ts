import type { Scale } from './scale.ts';
import type { Interval } from './tariff.ts';

/** The steps of a scale that an interval holds, both ends included; null has no end. */
export interface StepRange {
  readonly first: bigint | null;
  readonly last: bigint | null;
}

/** The range of an interval, or undefined when a bound cannot be read on the scale. */
export function rangeOf(interval: Interval, scale: Scale): StepRange | undefined {
  const first = interval.from === null ? null : scale.parse(interval.from);
  const last = interval.to === null ? null : scale.parse(interval.to);
  if (first === undefined || last === undefined) return undefined;
  return {
    first: first === null || interval.fromIncluded ? first : first + 1n,
    last: last === null || interval.toIncluded ? last : last - 1n,
  };
}

/** Whether no step lies in the range. */
export function isEmpty({ first, last }: StepRange): boolean {
  return first !== null && last !== null && first > last;
}

/** Whether the step lies in the range. */
export function holds({ first, last }: StepRange, step: bigint): boolean {
  return (first === null || first <= step) && (last === null || step <= last);
}

/** A step that the range holds, for examples: its lower end where it has one. */
export function sampleOf({ first, last }: StepRange): bigint {
  return first ?? last ?? 0n;
}

/** For people: `from 1.00 to below 5.00 CNY`. */
export function labelOf(interval: Interval, unit: string): string {
  const { from, fromIncluded, to, toIncluded } = interval;
  const lower = from === null ? '' : `${fromIncluded ? 'from' : 'above'} ${from}`;
  const below = lower === '' ? 'below' : 'to below';
  const upper = to === null ? '' : `${toIncluded ? 'up to' : below} ${to}`;
  const text = [lower, upper].filter((part) => part !== '').join(' ');
  return `${text === '' ? 'any' : text} ${unit}`.trim();
}
