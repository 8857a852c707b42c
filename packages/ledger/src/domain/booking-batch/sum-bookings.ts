import { money } from '@sluice/money';
import { maxMinor } from '../account.ts';
import { businessDay } from '../booking/business-day.ts';
import type { BookingEntry, PostedBooking } from './booking-entry.ts';

interface Summing {
  readonly first: PostedBooking;
  readonly bookedOn: string;
  readonly transferIds: string[];
  minor: bigint;
}

/**
 * Sums what one transaction posted into entries: one for each rule and version, pair of accounts,
 * currency and day. A thousand redemptions make a few hundred entries, and none is lost: each
 * posting is in exactly one entry, and the amounts add up.
 *
 * @returns entries in the order in which their first posting came.
 */
export function sumBookings(bookings: readonly PostedBooking[]): readonly BookingEntry[] {
  const open = new Map<string, Summing>();
  const all: Summing[] = [];
  for (const booking of bookings) {
    const bookedOn = businessDay(booking.effectiveAt);
    const group = groupOf(booking, bookedOn);
    const found = open.get(group);
    const { minor } = booking.amount;
    if (found !== undefined && found.minor <= maxMinor - minor) {
      found.minor += minor;
      found.transferIds.push(booking.transferId);
      continue;
    }
    const fresh = { first: booking, bookedOn, transferIds: [booking.transferId], minor };
    open.set(group, fresh);
    all.push(fresh);
  }
  return all.map(entryOf);
}

function entryOf({ first, bookedOn, transferIds, minor }: Summing): BookingEntry {
  const { institution, rule, ruleSetId, ruleSetVersion, debitAccount, creditAccount } = first;
  return {
    key: first.transferId,
    ...{ institution, rule, ruleSetId, ruleSetVersion, debitAccount, creditAccount },
    amount: money(minor, first.amount.currency),
    ...{ bookedOn, transferIds },
  };
}

/** No name and no account code holds a line break. */
function groupOf(booking: PostedBooking, bookedOn: string): string {
  const { institution, rule, ruleSetId, ruleSetVersion, debitAccount, creditAccount } = booking;
  const { currency } = booking.amount;
  return [
    ...[institution, rule, ruleSetId, ruleSetVersion],
    ...[debitAccount, creditAccount, currency, bookedOn],
  ].join('\n');
}
