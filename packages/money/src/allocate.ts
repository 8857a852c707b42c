import type { Money } from './money.ts';
import { refuse, type Refusal } from './refusal.ts';

/**
 * Splits an amount by weights so that the parts add up to it exactly: floor each share, then hand
 * out the missing units one by one by the largest remainder, ties to the lower index (Hamilton's
 * method). A negative amount is the mirror image of the positive one.
 *
 * @param weights not negative, at least one above zero; any unit.
 * @returns one part per weight, or the refusal `WEIGHTS_INVALID`.
 */
export function allocate(amount: Money, weights: readonly bigint[]): readonly Money[] | Refusal {
  const total = weights.reduce((left, right) => left + right, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n)) {
    return refuse('WEIGHTS_INVALID', 'weights must not be negative and at least one above zero', {
      weights: weights.map(String),
    });
  }
  const size = amount.minor < 0n ? -amount.minor : amount.minor;
  const floors = weights.map((weight) => (size * weight) / total);
  const missing = size - floors.reduce((left, right) => left + right, 0n);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (size * weight) % total }))
    .sort((left, right) =>
      left.remainder === right.remainder
        ? left.index - right.index
        : left.remainder > right.remainder
          ? -1
          : 1,
    );
  const extra = new Set(byRemainder.slice(0, Number(missing)).map(({ index }) => index));
  return floors.map((floor, index) => {
    const part = floor + (extra.has(index) ? 1n : 0n);
    return Object.freeze({
      minor: amount.minor < 0n ? -part : part,
      currency: amount.currency,
    });
  });
}
