import type { Money } from '@sluice/money';

/** A transfer that a booking rule made and the ledger posted, as the accounting server needs it. */
export interface PostedBooking {
  /** Of the transfer, a UUID. */
  readonly transferId: string;
  /** Whose booking rule it is. */
  readonly institution: string;
  /** The booking rule's business type: `subsidy.coupon`. */
  readonly rule: string;
  readonly ruleSetId: string;
  readonly ruleSetVersion: number;
  readonly debitAccount: string;
  readonly creditAccount: string;
  /** Above zero: what moved. */
  readonly amount: Money;
  /** When it counts, ISO 8601 with zone. */
  readonly effectiveAt: string;
}

/**
 * What is sent: the postings of one transaction that agree in rule, accounts, currency and day,
 * summed. Each of its transfers is named, so that every booking leads to the batch that carried it.
 */
export interface BookingEntry {
  /** Business key for ever: the id of its first transfer, which is in no other entry. */
  readonly key: string;
  readonly institution: string;
  readonly rule: string;
  readonly ruleSetId: string;
  readonly ruleSetVersion: number;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly amount: Money;
  /** The day in UTC on which it counts, `YYYY-MM-DD`. */
  readonly bookedOn: string;
  /** In the order of posting; never empty, the first of them is the key. */
  readonly transferIds: readonly string[];
}
