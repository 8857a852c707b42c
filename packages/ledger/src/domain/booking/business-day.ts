import { instantMs } from '../instant.ts';

/**
 * The day in UTC on which something counts: that of its booking rules and of its entries.
 *
 * @param at an ISO 8601 instant; one in UTC, as nearly all are, says its day itself.
 * @throws RangeError when it is none.
 */
export function businessDay(at: string): string {
  if (utcPattern.test(at)) return at.slice(0, 10);
  const ms = instantMs(at);
  if (ms === undefined) throw new RangeError(`"${at}" is no ISO 8601 instant`);
  return new Date(ms).toISOString().slice(0, 10);
}

const utcPattern = /^\d{4}-\d\d-\d\dT.*Z$/;
