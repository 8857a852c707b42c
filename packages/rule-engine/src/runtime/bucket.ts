import murmurhash from 'murmurhash';
import { bucketCounts, type Bucketing } from '../language/expression.ts';
import { boolValue, type Value } from '../language/value.ts';

/**
 * The bucket of a unit, from 0: the same on every till and in every release, because the algorithm
 * is named by the rule. Whole numbers only: the product of a 32-bit hash and the count is exact.
 */
export function bucketOf({ algorithm, salt }: Bucketing, unit: string): number {
  const hash = murmurhash.v3(`${salt}:${unit}`, 0);
  return Math.floor((hash * bucketCounts[algorithm]) / 2 ** 32);
}

/** Whether a staged rollout reaches a unit. */
export function isReached(bucketing: Bucketing, unit: Value): Value {
  if (unit.kind !== 'text') throw new TypeError(`${unit.kind} was let through the type check`);
  const bucket = bucketOf(bucketing, unit.text);
  return boolValue(bucketing.from <= bucket && bucket < bucketing.to);
}
