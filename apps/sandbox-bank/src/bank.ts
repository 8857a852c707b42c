import type { DatabaseSync } from 'node:sqlite';
import type { Money } from '@sluice/money';
import { addDays } from './bank-date.ts';
import { judge, type Payment, type PaymentRequest, type PaymentStatus } from './payment.ts';
import type { Script } from './script.ts';
import { appendArmed, readArmed, takeStrike } from './store/armed.ts';
import type { BankStore } from './store/bank-store.ts';
import { readDate, writeDate } from './store/business-date.ts';
import { firstAnswerOf, paymentOf } from './store/payment-row.ts';
import {
  finalizeDue,
  insertBooking,
  insertRejection,
  nextPlace,
  readCounts,
  readPaid,
  readPayment,
  returnDue,
} from './store/payments.ts';

/** On how many days after its booking a payment may still come back. */
export const returnWindowDays = 2;

/** What a payment request came to. */
export type Outcome =
  | { readonly kind: 'answer'; readonly payment: Payment; readonly fresh: boolean }
  /** Booked, and the script says not to answer. */
  | { readonly kind: 'silence'; readonly payment: Payment }
  | { readonly kind: 'key-reused' };

/** What is left of an armed script. */
export interface Armed {
  readonly failure: Script['failure'];
  readonly times: number;
  readonly reasonCode?: string;
}

/** What the beginning of a business day did. */
export interface BusinessDay {
  readonly date: string;
  readonly returned: number;
  readonly final: number;
}

/** One page of what was paid; `next` continues it, null at the end. */
export interface PaymentPage {
  readonly payments: readonly Payment[];
  readonly next: string | null;
}

/** The bank itself: what it does with its books, apart from how it is asked. */
export class Bank {
  readonly #store: BankStore;
  readonly #db: DatabaseSync;

  constructor(store: BankStore) {
    this.#store = store;
    this.#db = store.db;
  }

  /** Pays once per key: the same request gets the first answer, another one `key-reused`. */
  pay(key: string, request: PaymentRequest): Outcome {
    return this.#store.transact((): Outcome => {
      const known = readPayment(this.#db, key);
      if (known === undefined) return this.#payFresh(key, request);
      if (known.request !== JSON.stringify(request)) return { kind: 'key-reused' };
      return { kind: 'answer', payment: firstAnswerOf(known), fresh: false };
    });
  }

  /** The payment of a key as it stands now. */
  find(key: string): Payment | undefined {
    const row = readPayment(this.#db, key);
    return row === undefined ? undefined : paymentOf(row);
  }

  /** What was paid, in order, returned payments included and rejected ones not. */
  paid({ after, limit }: { readonly after: bigint; readonly limit: number }): PaymentPage {
    const rows = readPaid(this.#db, { after, limit: limit + 1 });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const next = rows.length > limit && last !== undefined ? last.seq.toString() : null;
    return { payments: page.map(paymentOf), next };
  }

  /** Arms a failure behind those that are armed already. */
  arm(script: Script): void {
    const reasonCode = script.failure === 'return-next-day' ? script.reasonCode : null;
    const { failure, times } = script;
    appendArmed(this.#db, { failure, times: BigInt(times), reason_code: reasonCode });
  }

  /** What is armed, in the order in which it will strike. */
  armed(): readonly Armed[] {
    return readArmed(this.#db).map(({ failure, times, reason_code }) => ({
      ...{ failure, times: Number(times) },
      ...(reason_code === null ? {} : { reasonCode: reason_code }),
    }));
  }

  /** Begins the next day: what is to come back comes back, what cannot any more becomes final. */
  nextDay(): BusinessDay {
    return this.#store.transact(() => {
      const date = addDays(this.date(), 1);
      writeDate(this.#db, date);
      const returned = returnDue(this.#db, date);
      return { date, returned, final: finalizeDue(this.#db, date) };
    });
  }

  /** The bank's business date. */
  date(): string {
    return readDate(this.#db);
  }

  /** How many payments stand in each status. */
  counts(): Readonly<Record<PaymentStatus, number>> {
    const counts = { settled: 0, final: 0, returned: 0, rejected: 0 };
    for (const { status, n } of readCounts(this.#db)) counts[status] = Number(n);
    return counts;
  }

  #payFresh(key: string, request: PaymentRequest): Outcome {
    const judged = judge(request);
    if ('reasonCode' in judged) {
      insertRejection(this.#db, { key, request: JSON.stringify(request), ...judged });
      return { kind: 'answer', payment: this.#justWritten(key), fresh: true };
    }
    const failure = takeStrike(this.#db);
    const returnReason = failure?.failure === 'return-next-day' ? failure.reason_code : null;
    this.#book(key, request, judged, returnReason);
    const payment = this.#justWritten(key);
    if (failure?.failure === 'timeout-after-paid') return { kind: 'silence', payment };
    return { kind: 'answer', payment, fresh: true };
  }

  #book(key: string, request: PaymentRequest, amount: Money, returnReason: string | null): void {
    const bookedOn = this.date();
    const seq = nextPlace(this.#db);
    insertBooking(this.#db, {
      ...{ seq, key, request: JSON.stringify(request) },
      ...{ amountMinor: amount.minor, currency: amount.currency },
      ...{ bankReference: `SBX${bookedOn.replaceAll('-', '')}-${seq}`, bookedOn },
      returnableUntil: addDays(bookedOn, returnWindowDays),
      returnOn: returnReason === null ? null : addDays(bookedOn, 1),
      reasonCode: returnReason,
    });
  }

  #justWritten(key: string): Payment {
    const payment = this.find(key);
    if (payment === undefined) throw new Error(`payment "${key}" was written and is gone`);
    return payment;
  }
}
