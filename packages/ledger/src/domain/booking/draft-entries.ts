import { isRefusal, refuse, type Money, type Refusal } from '@sluice/money';
import { instantMs } from '../instant.ts';
import { fillAccountTemplate } from './account-template.ts';
import type { BookingRule, EntryTemplate } from './booking-rule.ts';
import { evaluateAmount, type NamedAmounts } from './evaluate-amount.ts';

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
  readonly amounts: NamedAmounts;
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
 * @returns the entries in the rule's order, or the refusal `BOOKING_TIME_MALFORMED`,
 *   `BOOKING_PARAMETER_MISSING`, `BOOKING_PARAMETER_MALFORMED`, `BOOKING_AMOUNT_MISSING`,
 *   `BOOKING_AMOUNT_NEGATIVE`, `BOOKING_CURRENCY_DIFFERS`, `BOOKING_SCALE_TOO_FINE` or
 *   `BOOKING_ACCOUNTS_EQUAL`.
 */
export function draftEntries(
  rule: BookingRule,
  info: BookingInfo,
): readonly DraftEntry[] | Refusal {
  const { key, at } = info;
  if (!((instantMs(at) ?? -1) >= 0)) {
    return refuse(
      'BOOKING_TIME_MALFORMED',
      `"${at}" is not an ISO 8601 instant of 1970 or later with its zone: ` +
        'write it like 2017-07-01T09:30:00Z',
      { key, at },
    );
  }
  const drafts: DraftEntry[] = [];
  for (const [index, entry] of rule.entries.entries()) {
    const draft = draftEntry(entry, index + 1, info);
    if (isRefusal(draft)) return inEntry(rule, index + 1, draft);
    if (draft.amount.minor > 0n) drafts.push(draft);
  }
  return drafts;
}

function draftEntry(
  entry: EntryTemplate,
  number: number,
  { parameters, amounts }: BookingInfo,
): DraftEntry | Refusal {
  const amount = evaluateAmount(entry.amount, amounts);
  if (isRefusal(amount)) return amount;
  const debitAccount = fillAccountTemplate(entry.debit, parameters);
  if (isRefusal(debitAccount)) return debitAccount;
  const creditAccount = fillAccountTemplate(entry.credit, parameters);
  if (isRefusal(creditAccount)) return creditAccount;
  if (debitAccount === creditAccount) {
    return refuse(
      'BOOKING_ACCOUNTS_EQUAL',
      `entry ${number} would debit and credit ${debitAccount}: correct its parameters`,
      { account: debitAccount },
    );
  }
  return { number, debitAccount, creditAccount, amount };
}

/** The same refusal, with the rule and the entry it comes from. */
function inEntry(
  { ruleSetId, ruleSetVersion, businessType, institution, path }: BookingRule,
  entry: number,
  { code, message, details }: Refusal,
): Refusal {
  const where = `${ruleSetId} version ${ruleSetVersion}, ${businessType} of ${institution}`;
  return refuse(code, `${message} (booking rule ${where}, entry ${entry})`, {
    ...details,
    ...{ ruleSetId, ruleSetVersion, businessType, institution },
    rule: path,
    entry,
  });
}
