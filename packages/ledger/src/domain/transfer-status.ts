/**
 * What can become of a transfer, as a closed set. `created` is the answer when none of the others
 * applies; of these, the first in this order is given, so that the same request on the same state
 * always gets the same code. Faults of the request alone come before anything that depends on
 * state; what was answered before comes before what could be answered now.
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
  /** Zero or below: turn the accounts round instead. */
  'amount-not-positive',
  /** Above 9,223,372,036,854,775,807 minor units. */
  'amount-too-large',
  /** Debit and credit are the same account. */
  'accounts-equal',
  /** The id was posted before with another debit account. */
  'exists-with-different-debit-account',
  /** The id was posted before with another credit account. */
  'exists-with-different-credit-account',
  /** The id was posted before with another amount or currency. */
  'exists-with-different-amount',
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
  /** Posted before with the same body; its balances are those of that time. */
  'exists',
  'debit-account-not-found',
  'credit-account-not-found',
  /** The amount, the debit account and the credit account are not all of one currency. */
  'currency-differs',
  /** The debit account would fall below its floor. */
  'exceeds-floor',
  /** The credit account would rise above its ceiling. */
  'exceeds-ceiling',
] as const;

/** One of {@link transferStatuses}. */
export type TransferStatus = (typeof transferStatuses)[number];

/** Whether the transfer is in the ledger, as asked for: posted now or before. */
export function isPosted(status: TransferStatus): boolean {
  return status === 'created' || status === 'exists';
}
