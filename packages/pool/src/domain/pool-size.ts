import type { UsageForecast } from './usage-forecast.ts';

/** How large a pool must be, in minor units. */
export interface PoolSize {
  /** The sum of what the sellers are expected to use. */
  readonly expectedMinor: bigint;
  /** What stands behind it: from the expected use up to the upper ends of the bands. */
  readonly reserveMinor: bigint;
  /** The pool's size: expected use and reserve. No more than this is ever drawn. */
  readonly sizeMinor: bigint;
}

/**
 * Sums the sellers' estimates to the size of their shared pool (claim 2). The expected use alone
 * would be exceeded every other time, so the size adds a reserve that reaches the sum of the upper
 * ends. That sum supposes that all sellers are busy in the same weeks, which sellers of one
 * marketplace are; it never asks for less than the sellers' separate budgets would have held.
 */
export function sizePool(forecasts: readonly UsageForecast[]): PoolSize {
  const expectedMinor = forecasts.reduce((total, { expectedMinor }) => total + expectedMinor, 0n);
  const sizeMinor = forecasts.reduce((total, { upperMinor }) => total + upperMinor, 0n);
  return { expectedMinor, reserveMinor: sizeMinor - expectedMinor, sizeMinor };
}
