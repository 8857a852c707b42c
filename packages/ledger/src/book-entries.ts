import { isRefusal, refuse, type Refusal } from '@sluice/money';
import type { BookingRule } from './domain/booking/booking-rule.ts';
import { draftEntries, type BookingInfo } from './domain/booking/draft-entries.ts';
import { instantMs } from './domain/instant.ts';
import { linkTransfers, type Transfer } from './domain/transfer.ts';
import { transferId } from './transfer-id.ts';

/**
 * Turns accounting information and a rule's accounts into transfers (claim 1), linked to one
 * chain: all are booked or none. An entry whose amount is zero is left out. The same information
 * gives the same transfers, ids included, so booking again books nothing twice.
 *
 * @returns the transfers, none when every amount is zero; or the refusal
 *   `BOOKING_PARAMETER_MISSING`, `BOOKING_PARAMETER_MALFORMED`, `BOOKING_AMOUNT_MISSING`,
 *   `BOOKING_AMOUNT_NEGATIVE`, `BOOKING_ACCOUNTS_EQUAL` or `BOOKING_TIME_MALFORMED`.
 */
export function bookEntries(rule: BookingRule, info: BookingInfo): readonly Transfer[] | Refusal {
  const { key, reference, at } = info;
  if (!((instantMs(at) ?? -1) >= 0)) {
    return refuse(
      'BOOKING_TIME_MALFORMED',
      `"${at}" is not an ISO 8601 instant of 1970 or later with its zone: ` +
        'write it like 2017-07-01T09:30:00Z',
      { key, at },
    );
  }
  const drafts = draftEntries(rule, info);
  if (isRefusal(drafts)) return drafts;
  return linkTransfers(
    drafts.map(({ number, debitAccount, creditAccount, amount }) => ({
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
