import { listText, type Fault } from './fault.ts';
import type { SetDimension } from './tariff.ts';

/** A subset of a set dimension's values as bits, the first value in the lowest. */
type SetBits = number;

/**
 * For each subset of the values, the place of the class that it lies in. Classes of a tariff are
 * proved to hold each subset once; where they do not yet, the first wins and -1 stands for none.
 */
export function placesBySet({
  values,
  classes,
}: Pick<SetDimension, 'values' | 'classes'>): Int16Array {
  const places = new Int16Array(2 ** values.length).fill(-1);
  const masks = classes.map((one) => ({
    with: bitsOf(one.with, values),
    without: bitsOf(one.without, values),
  }));
  for (let bits = 0; bits < places.length; bits += 1) {
    places[bits] = masks.findIndex((mask) => isIn(bits, mask));
  }
  return places;
}

/** The bits of those values that are listed. */
export function bitsOf(some: readonly string[], values: readonly string[]): SetBits {
  return some.reduce((bits, value) => {
    const place = values.indexOf(value);
    return place === -1 ? bits : bits | (1 << place);
  }, 0);
}

/** For people and for examples: `{card, gift}`. */
export function setText(values: readonly string[]): string {
  return `{${values.join(', ')}}`;
}

/** A class as people read it: `with card, without gift`. */
export function classLabel(one: SetDimension['classes'][number]): string {
  const parts = [
    ...(one.with.length === 0 ? [] : [`with ${listText(one.with)}`]),
    ...(one.without.length === 0 ? [] : [`without ${listText(one.without)}`]),
  ];
  return parts.length === 0 ? one.value : `${one.value} (${parts.join(', ')})`;
}

const maxExamples = 20;

/** Every subset of the values must lie in exactly one class; each that does not is an example. */
export function setFaults(dimension: SetDimension): readonly Fault[] {
  const { name, values, classes } = dimension;
  const unknown = classes.flatMap(({ value, with: some, without }) =>
    [...some, ...without]
      .filter((one) => !values.includes(one))
      .map((one) => ({
        text: `${name} class "${value}" names "${one}", which is none of its values`,
      })),
  );
  if (unknown.length > 0) return unknown;
  const masks = classes.map((one) => ({
    with: bitsOf(one.with, values),
    without: bitsOf(one.without, values),
  }));
  const empty = classes.filter(
    (_, place) => ((masks[place]?.with ?? 0) & (masks[place]?.without ?? 0)) !== 0,
  );
  const faults: Fault[] = empty.map(({ value }) => ({
    text: `${name} class "${value}" holds nothing: a value is both with and without`,
  }));
  for (let bits = 0; bits < 2 ** values.length && faults.length < maxExamples; bits += 1) {
    const hit = classes.filter((_, place) => isIn(bits, masks[place] ?? { with: 0, without: 0 }));
    if (hit.length === 1) continue;
    const example = setText(values.filter((_, place) => (bits & (1 << place)) !== 0));
    const problem =
      hit.length === 0
        ? 'lies in no class'
        : `lies in the classes ${listText(hit.map(({ value }) => value))}`;
    faults.push({ text: `${name} ${example} ${problem}`, example: { [name]: example } });
  }
  return faults;
}

/** A set that lies in the class and in no other, or undefined. */
export function sampleSet(dimension: SetDimension, place: number): readonly string[] | undefined {
  const bits = placesBySet(dimension).indexOf(place);
  if (bits === -1) return undefined;
  return dimension.values.filter((_, value) => (bits & (1 << value)) !== 0);
}

function isIn(bits: SetBits, mask: { readonly with: SetBits; readonly without: SetBits }): boolean {
  return (bits & mask.with) === mask.with && (bits & mask.without) === 0;
}
