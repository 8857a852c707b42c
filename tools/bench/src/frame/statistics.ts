import type { Row } from './bench.ts';

/** The middle of some measurements, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One row over all rounds. */
export interface Result {
  readonly name: string;
  readonly unit: string;
  /** One value a round, in order. */
  readonly values: readonly number[];
  readonly spread: Spread;
  /** How many times the other row it is; each round against the same round. */
  readonly ratio: { readonly to: string; readonly spread: Spread } | null;
}

/** Median, least and greatest; the median of an even number is the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError('there is no value');
  const upper = sorted[Math.floor(sorted.length / 2)] ?? max;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? min;
  return { median: (lower + upper) / 2, min, max };
}

/**
 * Sums up rounds, row by row, in the order of the first round.
 *
 * @throws Error when a round lacks a row, or a ratio names a row that is not there: a fault of the
 *   bench.
 */
export function summarise(rounds: readonly (readonly Row[])[]): readonly Result[] {
  const valueOf = (round: readonly Row[], name: string): number => {
    const row = round.find((one) => one.name === name);
    if (row === undefined) throw new Error(`a round has no row "${name}"`);
    return row.value;
  };
  return (rounds[0] ?? []).map(({ name, unit, ratioTo }) => {
    const values = rounds.map((round) => valueOf(round, name));
    const ratio =
      ratioTo === undefined
        ? null
        : {
            to: ratioTo,
            spread: spreadOf(rounds.map((round) => valueOf(round, name) / valueOf(round, ratioTo))),
          };
    return { name, unit, values, spread: spreadOf(values), ratio };
  });
}
