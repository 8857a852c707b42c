/**
 * What can become of a transfer, as a closed set. `created` is the answer when none of the others
 * applies; of these, the first in this order is given, so that the same request on the same state
 * always gets the same code. Faults of the request alone come before anything that depends on
 * state; what was answered before comes before what could be answered now.
 *
 * Those marked *kept* depend on state that may change, so they are remembered: the same request
 * gets the same answer for ever, and a late retry cannot succeed by surprise. To try again, use
 * another id. The others need no memory: they can never turn into `created`.
 */
export const transferStatuses = [
  /** Posted now; its balances are those right after it. */
  'created',
  /** The last of the batch and still `linked`: the chain it belongs to has no end. */
  'linked-chain-open',
  /** Another transfer of its chain was refused, so this one was not posted either. */
  'linked-transfer-failed',
  /** The id is not a UUID in lower case with hyphens. */
  'id-malformed',
  /** Not an ISO 8601 instant with time and zone, to the millisecond at most. */
  'effective-at-malformed',
  /** The type is empty, longer than 200 characters, or holds control characters. */
  'type-malformed',
  /** The reference is empty, longer than 200 characters, or holds control characters. */
  'reference-malformed',
  /** The id of the hold is not a UUID in lower case with hyphens. */
  'hold-id-malformed',
  /** The id of the original is not a UUID in lower case with hyphens. */
  'original-id-malformed',
  /** Zero or below: turn the accounts round instead. */
  'amount-not-positive',
  /** Above 9,223,372,036,854,775,807 minor units. */
  'amount-too-large',
  /** A hold's time-out is not a whole number of milliseconds from 1 to 10 years. */
  'timeout-malformed',
  /** Debit and credit are the same account. */
  'accounts-equal',
  /** The id was posted before as another kind of transfer. */
  'exists-with-different-kind',
  /** The id was posted before with another debit account. */
  'exists-with-different-debit-account',
  /** The id was posted before with another credit account. */
  'exists-with-different-credit-account',
  /** The id was posted before for another hold. */
  'exists-with-different-hold',
  /** The id was posted before for another original. */
  'exists-with-different-original',
  /** The id was posted before with another amount or currency. */
  'exists-with-different-amount',
  /** The id was posted before with another balancing. */
  'exists-with-different-balancing',
  /** The id was posted before with another time-out. */
  'exists-with-different-timeout',
  /** The id was posted before with another type. */
  'exists-with-different-type',
  /** The id was posted before with another reference. */
  'exists-with-different-reference',
  /** The id was posted before with another effective time. */
  'exists-with-different-effective-at',
  /**
   * A chain is posted whole or repeated whole. This is the first transfer that is new behind ones
   * that exist, or exists behind new ones: the chain is not the one that was posted before.
   */
  'linked-chain-differs',
  /** Posted before with the same body; its amount and balances are those of that time. */
  'exists',
  /** The id was refused before, with another body, and that answer is kept. */
  'refused-with-different-body',
  /** There is no transfer of that id. Kept. */
  'hold-not-found',
  /** The transfer of that id is not a hold. */
  'not-a-hold',
  'hold-already-posted',
  'hold-already-voided',
  /** The hold's time is over. */
  'hold-expired',
  /** More than is held. */
  'exceeds-hold',
  /** There is no transfer of that id. Kept. */
  'original-not-found',
  /** The transfer of that id moved no money, or is a reversal itself. */
  'original-not-reversible',
  /** All of it was reversed before. */
  'original-already-reversed',
  /** More than is left of the original after the reversals before. */
  'exceeds-original',
  /** Kept. */
  'debit-account-not-found',
  /** Kept. */
  'credit-account-not-found',
  /** The amount, the debit account and the credit account are not all of one currency. */
  'currency-differs',
  /** A closed account lets holds be voided and nothing else. Kept. */
  'debit-account-closed',
  /** Kept. */
  'credit-account-closed',
  /** The debit account, less what is held of it, would fall below its floor. Kept. */
  'exceeds-floor',
  /** The credit account, with what is held for it, would rise above its ceiling. Kept. */
  'exceeds-ceiling',
] as const;

/** One of {@link transferStatuses}. */
export type TransferStatus = (typeof transferStatuses)[number];

/** Whether the transfer is in the ledger, as asked for: posted now or before. */
export function isPosted(status: TransferStatus): boolean {
  return status === 'created' || status === 'exists';
}

const kept: ReadonlySet<TransferStatus> = new Set([
  'hold-not-found',
  'original-not-found',
  'debit-account-not-found',
  'credit-account-not-found',
  'debit-account-closed',
  'credit-account-closed',
  'exceeds-floor',
  'exceeds-ceiling',
]);

/** Whether the refusal is remembered, because the state that it depended on may change. */
export function isKept(status: TransferStatus): boolean {
  return kept.has(status);
}
