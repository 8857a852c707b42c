import { fromWire, isRefusal, refuse, type Money, type Refusal } from '@sluice/money';
import { z } from 'zod';
import type { BookingRule, BookingRuleSet } from './booking-rule.ts';
import { draftEntries, type BookingInfo, type DraftEntry } from './draft-entries.ts';
import { faultPath } from './fault-path.ts';
import { findBookingRule } from './find-booking-rule.ts';

/**
 * A business event as it comes in (claim 1): business information (type and configuration) and
 * accounting information. Its parameters serve both: rules demand them, accounts are filled with
 * them.
 */
export interface BookingEvent extends BookingInfo {
  readonly businessType: string;
  readonly institution: string;
}

/** What a rule set makes of an event. */
export interface BookingDraft {
  readonly rule: BookingRule;
  readonly entries: readonly DraftEntry[];
}

/**
 * Finds an event's rule and fills its templates.
 *
 * @returns the rule and its entries; or the refusal of {@link findBookingRule} or of
 *   {@link draftEntries}.
 */
export function draftBooking(set: BookingRuleSet, event: BookingEvent): BookingDraft | Refusal {
  const rule = findBookingRule(set, event);
  if (isRefusal(rule)) return rule;
  const entries = draftEntries(rule, event);
  return isRefusal(entries) ? entries : { rule, entries };
}

const amount = z
  .strictObject({ amount: z.string(), currency: z.string() })
  .transform((wire, context): Money => {
    const parsed = fromWire(wire);
    if (!isRefusal(parsed)) return parsed;
    context.addIssue({ code: 'custom', message: parsed.message });
    return z.NEVER;
  });

const filled = z.string().min(1, { error: 'must not be empty' });

const bookingEvent = z.strictObject({
  businessType: filled,
  institution: filled,
  key: filled,
  reference: filled,
  at: filled,
  parameters: z.record(filled, z.string()),
  amounts: z.record(filled, amount),
});

/**
 * Reads an event from JSON: `{ "businessType": "subsidy.coupon", "institution": "corner", "key":
 * "draw:RED-1/1", "reference": "RED-1", "at": "2017-07-01T09:30:00Z", "parameters": { "seller":
 * "330" }, "amounts": { "drawn": { "amount": "1.20", "currency": "USD" } } }`.
 *
 * @returns the event, or the refusal `BOOKING_EVENT_INVALID`, whose `faults` lists every fault.
 */
export function parseBookingEvent(json: unknown): BookingEvent | Refusal {
  const parsed = bookingEvent.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${faultPath(path)}: ${message}`);
  return refuse('BOOKING_EVENT_INVALID', `the event has faults: ${faults.join('; ')}`, { faults });
}
