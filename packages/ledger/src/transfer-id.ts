import { hash } from 'node:crypto';
import { instantMs } from './domain/instant.ts';

/** What fits the 48 bits of time: the year 10889, beyond every instant the ledger reads. */
const timeHexDigits = 12;

/**
 * The id of the transfer that a business key stands for, so that every retry makes the same one.
 * UUID version 8 (RFC 9562): 48 bits of `at` in milliseconds, then 74 bits of the key's SHA-256.
 * Ids of one time are neighbours in the index, which keeps inserts on few pages.
 *
 * @param key unique for the transfer, for ever: `RED-1/coupon/1`.
 * @param at an ISO 8601 instant of 1970 or later that belongs to the key, not to the attempt.
 * @throws RangeError when `at` is not such an instant.
 */
export function transferId(key: string, at: string): string {
  const ms = instantMs(at);
  if (ms === undefined || ms < 0) {
    throw new RangeError(`"${at}" is not an ISO 8601 instant of 1970 or later, with its zone`);
  }
  const time = ms.toString(16).padStart(timeHexDigits, '0');
  const digest = hash('sha256', key);
  const variant = ((Number.parseInt(digest.charAt(3), 16) & 0x3) | 0x8).toString(16);
  return (
    `${time.slice(0, 8)}-${time.slice(8)}-8${digest.slice(0, 3)}-` +
    `${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`
  );
}
