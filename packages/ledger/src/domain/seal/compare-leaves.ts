/** How lines that are there differ from those that were sealed. Places count from 0. */
export type Difference =
  /** The line at this place stands where another one was sealed. */
  | { readonly kind: 'changed'; readonly place: number }
  /** So many sealed lines are gone from before this place; the leaf of the first of them. */
  | {
      readonly kind: 'removed';
      readonly place: number;
      readonly count: number;
      readonly leaf: string;
    }
  /** These lines were never sealed. */
  | { readonly kind: 'added'; readonly place: number; readonly lastPlace: number }
  /** The line repeats another one. */
  | { readonly kind: 'repeated'; readonly place: number; readonly of: number }
  /** These lines are all sealed, but stand in another order. */
  | { readonly kind: 'reordered'; readonly place: number; readonly lastPlace: number };

/**
 * Compares lines with those that were sealed, each given by its SHA-256; no two sealed lines are
 * the same. A line that is gone beside one that is new counts as changed.
 *
 * @returns the differences in the order of their places; none when they are the same.
 */
export function compareLeaves(
  sealed: readonly string[],
  found: readonly string[],
): readonly Difference[] {
  const { places, repeated } = firstPlaces(found);
  const known = placesOfKnown(sealed, places);
  const gone = sealed.map((leaf) => !places.has(leaf));
  const fresh = found.map((leaf, place) => !known.has(leaf) && !repeated.has(place));
  return [
    ...exchanged(sealed, found, { gone, fresh, known }),
    ...[...repeated].map(([place, of]) => ({ kind: 'repeated' as const, place, of })),
    ...reordered(sealed, places),
  ].sort((left, right) => left.place - right.place);
}

/** Where each line stands first, and the lines that repeat one of these. */
function firstPlaces(found: readonly string[]): {
  readonly places: ReadonlyMap<string, number>;
  readonly repeated: ReadonlyMap<number, number>;
} {
  const places = new Map<string, number>();
  const repeated = new Map<number, number>();
  found.forEach((leaf, place) => {
    const first = places.get(leaf);
    if (first === undefined) places.set(leaf, place);
    else repeated.set(place, first);
  });
  return { places, repeated };
}

/** The position that each line was sealed at, for those that are there. */
function placesOfKnown(
  sealed: readonly string[],
  places: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  sealed.forEach((leaf, position) => {
    if (places.has(leaf)) known.set(leaf, position);
  });
  return known;
}

interface Fates {
  readonly gone: readonly boolean[];
  readonly fresh: readonly boolean[];
  readonly known: ReadonlyMap<string, number>;
}

/** Between two lines that are as sealed, what is gone and what is new are held side by side. */
function exchanged(
  sealed: readonly string[],
  found: readonly string[],
  { gone, fresh, known }: Fates,
): readonly Difference[] {
  const differences: Difference[] = [];
  let news: number[] = [];
  let position = 0;
  const closeGap = (untilPosition: number, place: number): void => {
    const missing: string[] = [];
    for (; position < untilPosition; position += 1) {
      if (gone[position] === true) missing.push(sealed[position] ?? '');
    }
    for (const at of news.slice(0, missing.length))
      differences.push({ kind: 'changed', place: at });
    differences.push(...runsOf(news.slice(missing.length)));
    const [leaf] = missing.slice(news.length);
    if (leaf !== undefined) {
      differences.push({ kind: 'removed', place, count: missing.length - news.length, leaf });
    }
    news = [];
  };
  found.forEach((leaf, place) => {
    const sealedAt = known.get(leaf);
    if (fresh[place] === true) news.push(place);
    else if (sealedAt !== undefined && sealedAt >= position) {
      closeGap(sealedAt, place);
      position = sealedAt + 1;
    }
  });
  closeGap(sealed.length, found.length);
  return differences;
}

/** Neighbours are told of together. */
function runsOf(places: readonly number[]): readonly Difference[] {
  const runs: { kind: 'added'; place: number; lastPlace: number }[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last !== undefined && last.lastPlace === place - 1) last.lastPlace = place;
    else runs.push({ kind: 'added', place, lastPlace: place });
  }
  return runs;
}

/** From the first to the last line that another one should stand before. */
function reordered(
  sealed: readonly string[],
  places: ReadonlyMap<string, number>,
): readonly Difference[] {
  const actual = sealed.flatMap((leaf) => places.get(leaf) ?? []);
  const wanted = actual.toSorted((left, right) => left - right);
  const wrong = wanted.filter((place, index) => place !== actual[index]);
  const [place] = wrong;
  const lastPlace = wrong.at(-1);
  if (place === undefined || lastPlace === undefined) return [];
  return [{ kind: 'reordered', place, lastPlace }];
}
