import { listText, type Fault } from './fault.ts';
import { holds, isEmpty, labelOf, rangeOf, sampleOf, type StepRange } from './interval.ts';
import type { Scale } from './scale.ts';
import type { Interval } from './tariff.ts';

type Numbered = StepRange & { readonly number: number };

/** Everything wrong with the intervals of one dimension, each gap and overlap with an example. */
export function intervalFaults(
  name: string,
  intervals: readonly Interval[],
  scale: Scale,
): readonly Fault[] {
  const malformed: Fault[] = [];
  const ranges: Numbered[] = [];
  for (const interval of intervals) {
    const range = rangeOf(interval, scale);
    if (range === undefined || isEmpty(range)) {
      malformed.push(intervalFault(name, interval, range, scale));
    } else {
      ranges.push({ ...range, number: interval.number });
    }
  }
  return [...malformed, ...orderFaults(name, ranges), ...coverFaults(name, ranges, scale)];
}

function intervalFault(
  name: string,
  interval: Interval,
  range: StepRange | undefined,
  scale: Scale,
): Fault {
  const problem =
    range === undefined
      ? `has a bound that is no ${scale.form}`
      : 'holds nothing: its lower end must be below its upper end';
  return {
    text: `${name} interval ${interval.number} (${labelOf(interval, scale.unit)}) ${problem}`,
  };
}

function orderFaults(name: string, ranges: readonly Numbered[]): readonly Fault[] {
  return ranges.flatMap((range, place) => {
    const before = ranges[place - 1];
    if (before === undefined || byStart(before, range) <= 0) return [];
    const text = `${name} interval ${range.number} begins below interval ${before.number}`;
    return [{ text: `${text}: list them in ascending order` }];
  });
}

function byStart(left: StepRange, right: StepRange): number {
  if (left.first === right.first) return 0;
  if (left.first === null) return -1;
  return right.first === null || left.first > right.first ? 1 : -1;
}

/** Sweeps over the ranges by their lower ends, with the furthest upper end reached so far. */
function coverFaults(name: string, ranges: readonly Numbered[], scale: Scale): readonly Fault[] {
  const faults: Fault[] = [];
  let reach: StepRange | undefined;
  for (const range of ranges.toSorted(byStart)) {
    if (reach !== undefined) {
      const overlap = sharedStep(reach, range);
      if (overlap !== undefined) {
        const hit = ranges.filter((other) => holds(other, overlap)).map(({ number }) => number);
        faults.push(at(name, overlap, scale, `hits intervals ${listText(hit)}`));
      } else if (reach.last !== null && range.first !== null && range.first > reach.last + 1n) {
        const beside = `no interval, interval ${range.number} begins above it`;
        faults.push(at(name, reach.last + 1n, scale, `hits ${beside}`));
      }
    }
    if (reach === undefined || endsAfter(range, reach)) reach = range;
  }
  return faults;
}

function endsAfter(left: StepRange, right: StepRange): boolean {
  return right.last !== null && (left.last === null || left.last > right.last);
}

/** A step in both, where `later` does not begin before `earlier`. */
function sharedStep(earlier: StepRange, later: StepRange): bigint | undefined {
  const step =
    later.first ??
    sampleOf({ first: null, last: endsAfter(later, earlier) ? earlier.last : later.last });
  return holds(earlier, step) && holds(later, step) ? step : undefined;
}

function at(name: string, step: bigint, scale: Scale, problem: string): Fault {
  const value = scale.format(step);
  return { text: `${name} ${value} ${problem}`, example: { [name]: value } };
}
