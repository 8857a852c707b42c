import type { Currency } from '@sluice/money';
import { rangeOf, type StepRange } from '../interval.ts';
import { placeBySet } from '../placement.ts';
import type { ElementValue } from '../pricing.ts';
import { scaleOf, type Scale } from '../scale.ts';
import { setText } from '../set-classes.ts';
import type { Dimension, IntervalDimension, SetDimension } from '../tariff.ts';

/** A part of a dimension that neither tariff cuts further. */
export interface Part {
  readonly label: string;
  readonly element: ElementValue;
}

/** A dimension of one of two tariffs, with the tariff's currency. */
export interface Side {
  readonly dimension: Dimension | undefined;
  readonly currency: Currency;
}

/** Of the sets over all values each subset is looked at. */
const maxValues = 16;

/**
 * The parts of a dimension of two tariffs; undefined where the two are not of one kind, or are sets
 * that name more than 16 values together.
 */
export function commonParts(before: Side, after: Side): readonly Part[] | undefined {
  const sides = [before, after].filter((side) => side.dimension !== undefined);
  const all = sides.flatMap(({ dimension }) => (dimension === undefined ? [] : [dimension]));
  const [one] = all;
  if (one === undefined || new Set(sides.map(kindOf)).size > 1) return undefined;
  if (one.type === 'enumeration') return nameParts(all);
  if (one.type === 'set') {
    const sets = all.filter((found) => found.type === 'set');
    const values = [...new Set(sets.flatMap((set) => set.values))];
    // A value that nobody lists shows who ignores such and who refuses them.
    const looked =
      new Set(sets.map(({ unlisted }) => unlisted)).size > 1 ? [...values, '*'] : values;
    return looked.length > maxValues ? undefined : setParts(sets, looked);
  }
  const ranged = all.filter((found): found is IntervalDimension => 'intervals' in found);
  return rangeParts(ranged, scaleOf(one, sides[0]?.currency ?? before.currency));
}

/** Everything about a dimension but its single intervals. */
function kindOf({ dimension, currency }: Side): string {
  if (dimension === undefined || dimension.type === 'enumeration') return 'enumeration';
  if (dimension.type === 'set') return 'set';
  const scale = dimension.type === 'money' ? currency : '';
  return JSON.stringify({ ...dimension, intervals: null, lastNumber: null, scale });
}

function nameParts(dimensions: readonly Dimension[]): readonly Part[] {
  const values = dimensions.flatMap((one) =>
    one.type === 'enumeration' ? one.values.map(({ value }) => value) : [],
  );
  const names = [...new Set(values)];
  // A value that nobody lists shows what the defaults do; "*" can be none that is listed.
  const unlisted = dimensions.some((one) => one.type === 'enumeration' && one.default !== null);
  return [
    ...names.map((name) => ({ label: name, element: name })),
    ...(unlisted ? [{ label: 'any other', element: '*' }] : []),
  ];
}

/** Subsets that lie in the same classes of both are one part. */
function setParts(dimensions: readonly SetDimension[], values: readonly string[]): readonly Part[] {
  const placements = dimensions.map((one) => placeBySet(one));
  const parts = new Map<string, Part>();
  for (let bits = 0; bits < 2 ** values.length; bits += 1) {
    const members = values.filter((_, place) => (bits & (1 << place)) !== 0);
    const key = placements.map((placement) => placement.place(members)).join();
    if (!parts.has(key)) parts.set(key, { label: `such as ${setText(members)}`, element: members });
  }
  return [...parts.values()];
}

function rangeParts(dimensions: readonly IntervalDimension[], scale: Scale): readonly Part[] {
  const ranges = dimensions.flatMap(({ name, intervals }) =>
    intervals.map((interval): StepRange => {
      const range = rangeOf(interval, scale);
      if (range === undefined) throw new Error(`${name} has a bound that cannot be read`);
      return range;
    }),
  );
  const cuts = ranges.flatMap(({ first, last }) => [
    ...(first === null ? [] : [first]),
    ...(last === null ? [] : [last + 1n]),
  ]);
  const sorted = [...new Set(cuts)].sort((left, right) => (left < right ? -1 : 1));
  const spans: StepRange[] = [
    ...(ranges.some(({ first }) => first === null)
      ? [{ first: null, last: endOf(sorted[0]) }]
      : []),
    ...sorted.flatMap((first, place): readonly StepRange[] => {
      const next = sorted[place + 1];
      if (next !== undefined) return [{ first, last: next - 1n }];
      return ranges.some(({ last }) => last === null) ? [{ first, last: null }] : [];
    }),
  ];
  return spans.map(({ first, last }) => ({
    label: rangeLabel(first, last, scale),
    element: scale.element(first ?? last ?? 0n),
  }));
}

function endOf(cut: bigint | undefined): bigint | null {
  return cut === undefined ? null : cut - 1n;
}

function rangeLabel(first: bigint | null, last: bigint | null, scale: Scale): string {
  const from = first === null ? '' : `from ${scale.format(first)}`;
  const to = last === null ? '' : `up to ${scale.format(last)}`;
  const text = [from, to].filter((part) => part !== '').join(' ');
  return text === '' ? 'any' : text;
}
