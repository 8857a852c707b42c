import type { WireMoney } from '@sluice/money';

/** One entry as it is sent: sum of some transfers between two accounts, on one day, by one rule. */
export interface AccountingEntry {
  /** Business key, a UUID: it is booked once, whatever batch it comes in. */
  readonly key: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: WireMoney;
  /** `YYYY-MM-DD` */
  readonly bookedOn: string;
  readonly ruleSet: string;
  readonly ruleSetVersion: number;
  /** How many transfers it sums. */
  readonly transfers: number;
}

/** What a task becomes at the accounting server: accounting information and accounts (claim 1). */
export interface AccountingBatch {
  readonly institution: string;
  /** Business type of the booking rule. */
  readonly rule: string;
  readonly entries: readonly AccountingEntry[];
}

/** The server's explicit word on a batch. */
export type AccountingVerdict =
  /** Booked, all of it; `receipt` is what the server calls it. */
  | { readonly kind: 'accepted'; readonly receipt: string }
  /** Nothing of it is booked, and sending the same again would not help. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Nobody knows whether the batch is booked, until the server is asked. */
export interface AccountingUnknown {
  readonly kind: 'unknown';
  readonly message: string;
}

/** The server says that it has never seen the key. */
export interface AccountingNotFound {
  readonly kind: 'not-found';
}

/** Where bookings are sent. Whatever happens on the way is a value; only bugs throw. */
export interface AccountingServer {
  /** Books a batch. The same key books once, however often it arrives. */
  send(
    batch: AccountingBatch,
    idempotencyKey: string,
  ): Promise<AccountingVerdict | AccountingUnknown>;
  /** What became of a key. */
  query(
    idempotencyKey: string,
  ): Promise<AccountingVerdict | AccountingUnknown | AccountingNotFound>;
}

/** An entry in the server's own books, with the batch that brought it. */
export interface BookedEntry extends AccountingEntry {
  readonly batch: string;
}

/** The server's own books, to compare with ours. */
export interface AccountingBooks {
  /** All entries in the order of booking, page by page. Throws when the server cannot be asked. */
  entries(): AsyncIterable<readonly BookedEntry[]>;
  /** Credits less debits of every account. Throws when the server cannot be asked. */
  balances(): Promise<readonly { readonly account: string; readonly balance: WireMoney }[]>;
}
