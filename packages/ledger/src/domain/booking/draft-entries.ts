import { isRefusal, refuse, type Money, type Refusal } from '@sluice/money';
import { fillAccountTemplate } from './account-template.ts';
import type { BookingRule, EntryTemplate } from './booking-rule.ts';

/** Accounting information (claim 1): what a rule's templates are filled with. */
export interface BookingInfo {
  /** Business key of the event: entry 1 of it gets the id that `${key}/1` stands for. */
  readonly key: string;
  /** Business key that leads to the cause: a redemption's or a payout's id. */
  readonly reference: string;
  /** When it counts: an ISO 8601 instant with its zone. */
  readonly at: string;
  /** For account templates: `{ seller: '330' }`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** By the name that entries use, each zero or above: `{ drawn: money(120n, 'USD') }`. */
  readonly amounts: Readonly<Record<string, Money>>;
}

/** One entry with its accounts and its amount, not yet a transfer. */
export interface DraftEntry {
  /** Place among the rule's entries, from 1, whether others are left out or not. */
  readonly number: number;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly amount: Money;
}

/**
 * Fills a rule's templates. An entry whose amount is zero is left out.
 *
 * @returns the entries in the rule's order, or the refusal `BOOKING_PARAMETER_MISSING`,
 *   `BOOKING_PARAMETER_MALFORMED`, `BOOKING_AMOUNT_MISSING`, `BOOKING_AMOUNT_NEGATIVE` or
 *   `BOOKING_ACCOUNTS_EQUAL`.
 */
export function draftEntries(
  rule: BookingRule,
  info: BookingInfo,
): readonly DraftEntry[] | Refusal {
  const drafts: DraftEntry[] = [];
  for (const [index, entry] of rule.entries.entries()) {
    const draft = draftEntry(entry, index + 1, info);
    if (isRefusal(draft)) return inRule(rule, draft);
    if (draft.amount.minor > 0n) drafts.push(draft);
  }
  return drafts;
}

function draftEntry(
  entry: EntryTemplate,
  number: number,
  { parameters, amounts }: BookingInfo,
): DraftEntry | Refusal {
  const amount = Object.hasOwn(amounts, entry.amount) ? amounts[entry.amount] : undefined;
  if (amount === undefined) {
    return refuse('BOOKING_AMOUNT_MISSING', `the amount "${entry.amount}" is missing: give it`, {
      entry: number,
      amount: entry.amount,
    });
  }
  if (amount.minor < 0n) {
    return refuse(
      'BOOKING_AMOUNT_NEGATIVE',
      `the amount "${entry.amount}" is below zero: a way back is a rule of its own`,
      { entry: number, amount: entry.amount, minor: amount.minor.toString() },
    );
  }
  const debitAccount = fillAccountTemplate(entry.debit, parameters);
  if (isRefusal(debitAccount)) return debitAccount;
  const creditAccount = fillAccountTemplate(entry.credit, parameters);
  if (isRefusal(creditAccount)) return creditAccount;
  if (debitAccount === creditAccount) {
    return refuse(
      'BOOKING_ACCOUNTS_EQUAL',
      `entry ${number} would debit and credit ${debitAccount}: correct its parameters`,
      { entry: number, account: debitAccount },
    );
  }
  return { number, debitAccount, creditAccount, amount };
}

/** The same refusal, with the rule it comes from. */
function inRule(rule: BookingRule, { code, message, details }: Refusal): Refusal {
  const { ruleSetId, ruleSetVersion, businessType, institution } = rule;
  const where = `${ruleSetId} version ${ruleSetVersion}, ${businessType} of ${institution}`;
  return refuse(code, `${message} (booking rule ${where})`, {
    ...details,
    ruleSetId,
    ruleSetVersion,
    businessType,
    institution,
  });
}
