import type { Money } from '@sluice/money';

/** One payment to be made, as the bank is told it. The same for every submission of one attempt. */
export interface PaymentInstruction {
  /** Idempotency key at the bank: payout id and attempt number. */
  readonly attemptKey: string;
  readonly amount: Money;
  readonly creditor: {
    readonly sellerId: string;
    /** IBAN, or an account of the sandbox such as `SBX-367`. */
    readonly account: string;
    readonly name: string;
  };
  /** The text that the seller reads on the bank statement. */
  readonly remittance: string;
}

/**
 * What the bank is known to say about one attempt. Plain JSON, so that it passes through workflow
 * payloads unchanged; dates are the bank's business dates, `YYYY-MM-DD`.
 */
export type RailAnswer =
  /** Accepted and not yet booked. */
  | { readonly kind: 'pending'; readonly bankReference: string }
  /** Booked; the receiving bank may send it back until `returnableUntil`. */
  | {
      readonly kind: 'settled';
      readonly bankReference: string;
      readonly bookedOn: string;
      readonly returnableUntil: string;
    }
  /** Booked, and its return window is over. */
  | { readonly kind: 'final'; readonly bankReference: string; readonly bookedOn: string }
  /** Booked and sent back: the money is with us again. */
  | {
      readonly kind: 'returned';
      readonly bankReference: string;
      /** ISO 20022 external code, such as `AC04`. */
      readonly reasonCode: string;
      readonly returnedOn: string;
    }
  /** A definite no: nothing was paid, and nothing will be under this key. */
  | { readonly kind: 'rejected'; readonly reasonCode: string; readonly message: string }
  /** The bank has never seen this key. Only {@link Rail.query} can say so. */
  | { readonly kind: 'not-found' }
  /** No usable answer: time-out, cut connection, 5xx, garbage. Never retried without a query. */
  | { readonly kind: 'unknown'; readonly message: string };

/**
 * The way to one bank. Neither function throws for anything that the bank or the network does:
 * what cannot be told is the answer `unknown`.
 */
export interface Rail {
  /** Short and stable, stored with each payout: `sandbox-bank`. */
  readonly name: string;
  /** Sends a payment. The SENT record must be committed before, see `startAttempt`. */
  submit(instruction: PaymentInstruction): Promise<RailAnswer>;
  /** Asks what became of an attempt; changes nothing at the bank. */
  query(attemptKey: string): Promise<RailAnswer>;
}

/** One payment in the bank's own books. */
export interface BankPayment {
  readonly attemptKey: string;
  readonly amount: Money;
  /** The bank's word for it; anything but `rejected` counts as money that left. */
  readonly status: string;
}

/** The bank's own list of what it paid: what payouts are reconciled against. */
export interface BankPayments {
  /** Every payment. Throws when the bank cannot be read: half a list would prove nothing. */
  payments(): Promise<readonly BankPayment[]>;
}

/** A bank's answer in words, for a transition's reason. */
export function describeAnswer(answer: RailAnswer): string {
  switch (answer.kind) {
    case 'pending':
      return `accepted by the bank as ${answer.bankReference}`;
    case 'settled':
      return `booked by the bank on ${answer.bookedOn} as ${answer.bankReference}`;
    case 'final':
      return `past its return window, booked on ${answer.bookedOn} as ${answer.bankReference}`;
    case 'returned':
      return `sent back on ${answer.returnedOn} with reason ${answer.reasonCode}`;
    case 'rejected':
      return `rejected with reason ${answer.reasonCode}: ${answer.message}`;
    case 'not-found':
      return 'the bank has not seen it';
    case 'unknown':
      return `no definite answer: ${answer.message}`;
  }
}
