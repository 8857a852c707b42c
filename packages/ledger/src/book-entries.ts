import { isRefusal, type Refusal } from '@sluice/money';
import type { BookingRule } from './domain/booking/booking-rule.ts';
import { draftEntries, type BookingInfo } from './domain/booking/draft-entries.ts';
import { linkTransfers, type DirectTransfer, type Linkable } from './domain/transfer.ts';
import { transferId } from './transfer-id.ts';

/** A transfer that a booking rule made. */
export type BookedTransfer = Linkable<DirectTransfer>;

/**
 * Turns accounting information and a rule's accounts into transfers (claim 1), linked to one
 * chain: all are booked or none. An entry whose amount is zero is left out. The same information
 * gives the same transfers, ids included, so booking again books nothing twice.
 *
 * @returns the transfers, none when every amount is zero; or the refusal
 *   `BOOKING_TIME_MALFORMED`, `BOOKING_PARAMETER_MISSING`, `BOOKING_PARAMETER_MALFORMED`,
 *   `BOOKING_AMOUNT_MISSING`, `BOOKING_AMOUNT_NEGATIVE`, `BOOKING_CURRENCY_DIFFERS`,
 *   `BOOKING_SCALE_TOO_FINE` or `BOOKING_ACCOUNTS_EQUAL`.
 */
export function bookEntries(
  rule: BookingRule,
  info: BookingInfo,
): readonly BookedTransfer[] | Refusal {
  const { key, reference, at } = info;
  const drafts = draftEntries(rule, info);
  if (isRefusal(drafts)) return drafts;
  return linkTransfers<DirectTransfer>(
    drafts.map(({ number, debitAccount, creditAccount, amount }) => ({
      kind: 'direct',
      id: transferId(`${key}/${number}`, at),
      debitAccount,
      creditAccount,
      amount,
      type: rule.businessType,
      reference,
      effectiveAt: at,
    })),
  );
}
