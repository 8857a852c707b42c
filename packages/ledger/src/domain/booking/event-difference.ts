import { isRefusal, type Refusal } from '@sluice/money';
import type { BookingDraft, BookingEvent } from './booking-event.ts';
import type { DraftEntry } from './draft-entries.ts';

/** How an event is booked otherwise. */
export type DifferenceKind =
  'changed' | 'newly-refused' | 'no-longer-refused' | 'refused-otherwise';

/** What one version makes of an event: the rule's path and entries, or the refusal. */
export type BookedBy = { readonly rule: string; readonly entries: readonly DraftEntry[] } | Refusal;

/** How much more the draft leaves on an account, credits - debits; in minor units, never zero. */
export interface AccountEffect {
  readonly account: string;
  readonly currency: string;
  readonly minor: bigint;
}

/** One event that the draft books otherwise. */
export interface EventDifference {
  readonly key: string;
  readonly businessType: string;
  readonly kind: DifferenceKind;
  readonly live: BookedBy;
  readonly draft: BookedBy;
  /** The accounts that end otherwise; none when only the way differs. */
  readonly effect: readonly AccountEffect[];
}

/** What a version's draft of an event comes to. */
export function bookedBy(draft: BookingDraft | Refusal): BookedBy {
  return isRefusal(draft) ? draft : { rule: draft.rule.path, entries: draft.entries };
}

/** The entries of what was booked; none of what was refused. */
export function entriesOf(booked: BookedBy): readonly DraftEntry[] {
  return isRefusal(booked) ? [] : booked.entries;
}

/**
 * Tells how an event is booked otherwise. The same entries in the same order are the same booking,
 * whatever rule they came from, and so is a refusal with the same code.
 *
 * @returns null when it is booked the same.
 */
export function differenceOf(
  { key, businessType }: Pick<BookingEvent, 'key' | 'businessType'>,
  live: BookedBy,
  draft: BookedBy,
): EventDifference | null {
  const kind = kindOf(live, draft);
  if (kind === null) return null;
  return { key, businessType, kind, live, draft, effect: effectOf(live, draft) };
}

function kindOf(live: BookedBy, draft: BookedBy): DifferenceKind | null {
  if (isRefusal(live)) {
    if (!isRefusal(draft)) return 'no-longer-refused';
    return live.code === draft.code ? null : 'refused-otherwise';
  }
  if (isRefusal(draft)) return 'newly-refused';
  return sameEntries(live.entries, draft.entries) ? null : 'changed';
}

function sameEntries(left: readonly DraftEntry[], right: readonly DraftEntry[]): boolean {
  return (
    left.length === right.length &&
    left.every((entry, index) => {
      const other = right[index];
      return (
        other !== undefined &&
        entry.debitAccount === other.debitAccount &&
        entry.creditAccount === other.creditAccount &&
        entry.amount.minor === other.amount.minor &&
        entry.amount.currency === other.amount.currency
      );
    })
  );
}

/** One side of an entry: the account, and what it does to its balance. */
export interface Leg {
  readonly account: string;
  readonly currency: string;
  readonly minor: bigint;
}

/** Both sides of each entry: a debit lowers a balance, a credit raises it by the same. */
export function legsOf(booked: BookedBy): readonly Leg[] {
  return entriesOf(booked).flatMap(({ debitAccount, creditAccount, amount }) => {
    const { currency, minor } = amount;
    return [
      { account: debitAccount, currency, minor: -minor },
      { account: creditAccount, currency, minor },
    ];
  });
}

/** Names an account in a currency, for maps. */
export function legKey({ account, currency }: Leg): string {
  return `${currency} ${account}`;
}

function effectOf(live: BookedBy, draft: BookedBy): readonly AccountEffect[] {
  const sums = new Map<string, { account: string; currency: string; minor: bigint }>();
  const add = (leg: Leg, minor: bigint): void => {
    const sum = sums.get(legKey(leg));
    if (sum === undefined) sums.set(legKey(leg), { ...leg, minor });
    else sum.minor += minor;
  };
  for (const leg of legsOf(live)) add(leg, -leg.minor);
  for (const leg of legsOf(draft)) add(leg, leg.minor);
  return [...sums.values()].filter(({ minor }) => minor !== 0n);
}

/** The accounts whose legs differ, whether that shows in their sums or not. */
export function legsThatDiffer(live: BookedBy, draft: BookedBy): readonly Leg[] {
  const before = Map.groupBy(legsOf(live), legKey);
  const after = Map.groupBy(legsOf(draft), legKey);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [left = [], right = []] = [before.get(key), after.get(key)];
    const [first] = [...left, ...right];
    return first === undefined || amountsOf(left) === amountsOf(right) ? [] : [first];
  });
}

function amountsOf(legs: readonly Leg[]): string {
  return legs
    .map(({ minor }) => minor.toString())
    .sort()
    .join(' ');
}
