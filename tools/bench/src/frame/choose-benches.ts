import type { Bench } from './bench.ts';

/** A name that is no bench. */
export class UnknownBenchError extends Error {
  override readonly name = 'UnknownBenchError';
}

/**
 * The benches of these names, each once, in the order in which they are known; without names all
 * but those that have to be named.
 *
 * @throws UnknownBenchError naming what was asked for and what there is.
 */
export function chooseBenches(known: readonly Bench[], names: readonly string[]): readonly Bench[] {
  const unknown = names.filter((name) => !known.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const there = known.map(({ name }) => name).join(', ');
    throw new UnknownBenchError(`no bench is called ${unknown.join(', ')}: there are ${there}`);
  }
  if (names.length === 0) return known.filter(({ byNameOnly }) => byNameOnly !== true);
  return known.filter(({ name }) => names.includes(name));
}

/** One line per bench. */
export function listBenches(known: readonly Bench[]): string {
  const width = Math.max(...known.map(({ name }) => name.length));
  return known.map(({ name, measures }) => `${name.padEnd(width)}  ${measures}`).join('\n');
}
