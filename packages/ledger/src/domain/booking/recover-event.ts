import type { Money } from '@sluice/money';
import { readAccountTemplate } from './account-template.ts';
import type { BookingEvent } from './booking-event.ts';
import type { BookingRule, BookingRuleSet } from './booking-rule.ts';
import { findBookingRule } from './find-booking-rule.ts';

/** What of a transfer its event is read back from. */
export interface RecoverableTransfer {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly effectiveAt: string;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly amount: Money;
}

/**
 * Reads the event back that a rule of one entry booked as this transfer: the accounts tell the
 * parameters, the entry's amount has a name. The event's key is the transfer's id, since the key
 * that the id was made of is not stored; a parameter that no account names is lost.
 *
 * @returns null when no rule, or more than one, can have booked it.
 */
export function recoverEvent(
  set: BookingRuleSet,
  institution: string,
  transfer: RecoverableTransfer,
): BookingEvent | null {
  const rules = set.subSets.get(transfer.type)?.byInstitution.get(institution) ?? [];
  const events = rules.flatMap((rule) => {
    const event = unbook(rule, transfer);
    return event !== null && findBookingRule(set, event) === rule ? [event] : [];
  });
  return events.length === 1 ? (events[0] ?? null) : null;
}

function unbook(rule: BookingRule, transfer: RecoverableTransfer): BookingEvent | null {
  const [entry, ...others] = rule.entries;
  if (entry === undefined || others.length > 0 || typeof entry.amount !== 'string') return null;
  const { id, reference, effectiveAt, debitAccount, creditAccount, amount } = transfer;
  const debit = readAccountTemplate(entry.debit, debitAccount);
  const credit = readAccountTemplate(entry.credit, creditAccount);
  if (debit === null || credit === null) return null;
  const demanded = rule.demands.map(({ parameter, value }) => [parameter, value]);
  const parameters = { ...Object.fromEntries(demanded), ...debit, ...credit } as Record<
    string,
    string
  >;
  // Where debit and credit name a parameter differently, this rule cannot have booked it.
  if (Object.entries(debit).some(([name, value]) => parameters[name] !== value)) return null;
  return {
    ...{ businessType: rule.businessType, institution: rule.institution },
    ...{ key: id, reference, at: effectiveAt },
    parameters,
    amounts: { [entry.amount]: amount },
  };
}
