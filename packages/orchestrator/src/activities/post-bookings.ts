import { RetryTransactionError, type Tx } from '@sluice/database';
import {
  bookEntries,
  businessDay,
  findBookingRule,
  isPosted,
  linkTransfers,
  postTransfers,
  type BookedTransfer,
} from '@sluice/ledger';
import { isRefusal, refuse, type Money, type Refusal } from '@sluice/money';
import { isSubAccount } from './account-codes.ts';
import type { BookingRules } from './booking-book.ts';
import { gatherBookings } from './gather-bookings.ts';
import type { Program } from './program.ts';
import { refuseAll } from './refuse-all.ts';

/** One business event to be booked by the rule of its type. */
export interface Booking {
  readonly type: string;
  readonly key: string;
  readonly reference: string;
  readonly at: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly amounts: Readonly<Record<string, Money>>;
}

/** By whose rules is booked. */
export interface BookedBy {
  readonly institution: string;
  readonly bookingBook: BookingRules;
}

/**
 * The transfers of some events, linked: all of them are posted or none.
 *
 * @returns the transfers; or the refusal of the booking rules, such as `BUSINESS_TYPE_UNKNOWN` or
 *   `BOOKING_PARAMETER_MALFORMED`, or `BOOKING_RULES_NOT_FOUND`.
 */
export function bookTogether(
  { institution, bookingBook }: BookedBy,
  bookings: readonly Booking[],
): readonly BookedTransfer[] | Refusal {
  const transfers: BookedTransfer[] = [];
  for (const { type: businessType, ...info } of bookings) {
    const { parameters, at } = info;
    const rules = bookingBook.on(businessDay(at));
    if (isRefusal(rules)) return rules;
    const rule = findBookingRule(rules, { businessType, institution, parameters });
    if (isRefusal(rule)) return rule;
    const entries = bookEntries(rule, info);
    if (isRefusal(entries)) return entries;
    transfers.push(...entries);
  }
  return linkTransfers(transfers);
}

/**
 * Books events and posts all of it, or leaves the transaction: with another try when a task that
 * raced for the same sub-account was faster, otherwise with the booking rules' refusal or
 * `POSTING_REFUSED`.
 *
 * @returns how many transfers it took.
 */
export async function postBookings(
  tx: Tx,
  program: Program,
  bookings: readonly Booking[],
): Promise<number> {
  await program.bookingBook.refresh(tx);
  const transfers = bookTogether(program, bookings);
  if (isRefusal(transfers)) return refuseAll(transfers);
  const results = await postTransfers(tx, transfers);
  const index = results.findIndex(
    ({ status }) => !isPosted(status) && status !== 'linked-transfer-failed',
  );
  const transfer = transfers[index];
  const status = results[index]?.status;
  if (transfer === undefined || status === undefined) {
    await gatherBookings(tx, program, transfers, results);
    return transfers.length;
  }
  if (status === 'exceeds-floor' && isSubAccount(transfer.debitAccount)) {
    throw new RetryTransactionError(`${transfer.debitAccount} was emptied by another task`);
  }
  return refuseAll(postingRefused(transfer, status));
}

/** The refusal of one transfer by the ledger. */
export function postingRefused(transfer: BookedTransfer, status: string): Refusal {
  return refuse(
    'POSTING_REFUSED',
    `the ledger refused ${transfer.type} from ${transfer.debitAccount} to ` +
      `${transfer.creditAccount}: ${status}`,
    {
      status,
      reference: transfer.reference,
      debitAccount: transfer.debitAccount,
      creditAccount: transfer.creditAccount,
    },
  );
}
