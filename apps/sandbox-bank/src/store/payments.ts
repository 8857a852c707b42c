import type { DatabaseSync } from 'node:sqlite';
import type { PaymentStatus } from '../payment.ts';
import type { PaymentRow } from './payment-row.ts';

/** A payment that is booked: at once `settled`. */
export interface NewBooking {
  /** Its place in the list of what was paid, see {@link nextPlace}. */
  readonly seq: bigint;
  readonly key: string;
  /** What was asked for, as JSON. */
  readonly request: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bankReference: string;
  /** Business dates, `YYYY-MM-DD`. */
  readonly bookedOn: string;
  readonly returnableUntil: string;
  /** The day on which it comes back, and why; null when it is to stay. */
  readonly returnOn: string | null;
  readonly reasonCode: string | null;
}

/** A payment that the bank will never make. */
export interface NewRejection {
  readonly key: string;
  readonly request: string;
  readonly reasonCode: string;
  readonly message: string;
}

/** The payment of a key; undefined when the key was never seen. */
export function readPayment(db: DatabaseSync, key: string): PaymentRow | undefined {
  const row = db.prepare('select * from payment where key = ?').get(key);
  return row as unknown as PaymentRow | undefined;
}

/** What was paid behind the place `after`, in order, at most `limit` rows. */
export function readPaid(
  db: DatabaseSync,
  { after, limit }: { readonly after: bigint; readonly limit: number },
): readonly PaymentRow[] {
  return db
    .prepare(`select * from payment where seq > ? and status <> 'rejected' order by seq limit ?`)
    .all(after, limit) as unknown as readonly PaymentRow[];
}

/** How many payments stand in each status; a status without any is absent. */
export function readCounts(
  db: DatabaseSync,
): readonly { readonly status: PaymentStatus; readonly n: bigint }[] {
  return db
    .prepare('select status, count(*) as n from payment group by status')
    .all() as unknown as readonly { readonly status: PaymentStatus; readonly n: bigint }[];
}

/** The place behind the last payment. Asked and used in one transaction. */
export function nextPlace(db: DatabaseSync): bigint {
  const last = db.prepare('select max(seq) as seq from payment').get()?.['seq'];
  return (typeof last === 'bigint' ? last : 0n) + 1n;
}

/** Books a payment. Its key and place must be new, or SQLite throws. */
export function insertBooking(db: DatabaseSync, booking: NewBooking): void {
  const { seq, key, request, amountMinor, currency, bankReference } = booking;
  const { bookedOn, returnableUntil, returnOn, reasonCode } = booking;
  db.prepare(
    `insert into payment (seq, key, request, status, amount_minor, currency, bank_reference,
       booked_on, returnable_until, return_on, reason_code)
     values (?, ?, ?, 'settled', ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[seq, key, request, amountMinor, currency, bankReference],
    ...[bookedOn, returnableUntil, returnOn, reasonCode],
  );
}

/** Closes a key with a definite no; nothing is booked. */
export function insertRejection(db: DatabaseSync, rejection: NewRejection): void {
  const { key, request, reasonCode, message } = rejection;
  db.prepare(
    `insert into payment (key, request, status, reason_code, message)
     values (?, ?, 'rejected', ?, ?)`,
  ).run(key, request, reasonCode, message);
}

/** Sends back what is to come back by this date; gives how many. */
export function returnDue(db: DatabaseSync, date: string): number {
  const { changes } = db
    .prepare(
      `update payment set status = 'returned', returned_on = ?1
       where status = 'settled' and return_on <= ?1`,
    )
    .run(date);
  return Number(changes);
}

/** Makes final what can come back no more on this date; gives how many. */
export function finalizeDue(db: DatabaseSync, date: string): number {
  const { changes } = db
    .prepare(
      `update payment set status = 'final' where status = 'settled' and returnable_until < ?`,
    )
    .run(date);
  return Number(changes);
}
