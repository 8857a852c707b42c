import { money } from '@sluice/money';
import type { BookingEntry, PostedBooking } from '../domain/booking-batch/booking-entry.ts';
import { transferId } from '../transfer-id.ts';
import { at } from './samples.ts';

/** A posted transfer of 0.05, of which a test changes what it is about. */
export function booking(key: string, changes: Partial<PostedBooking> = {}): PostedBooking {
  return {
    transferId: transferId(key, at),
    institution: 'corner',
    rule: 'subsidy.coupon',
    ruleSetId: 'retail',
    ruleSetVersion: 3,
    debitAccount: 'a',
    creditAccount: 'b',
    amount: money(5n, 'USD'),
    effectiveAt: at,
    ...changes,
  };
}

/** An entry of one such transfer. */
export function bookingEntry(key: string, changes: Partial<BookingEntry> = {}): BookingEntry {
  const { transferId: id, effectiveAt, ...rest } = booking(key);
  const bookedOn = effectiveAt.slice(0, 10);
  return { ...rest, key: id, bookedOn, transferIds: [id], ...changes };
}
