import { addDays } from './bank-date.ts';
import type { BankStore } from './bank-store.ts';
import { judge, type Payment, type PaymentRequest, type PaymentStatus } from './payment.ts';
import { firstAnswerOf, paymentOf, type PaymentRow } from './payment-row.ts';
import type { Script } from './script.ts';

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

interface ArmedRow {
  readonly seq: bigint;
  readonly failure: Script['failure'];
  readonly times: bigint;
  readonly reason_code: string | null;
}

/** The bank itself: what it does with its books, apart from how it is asked. */
export class Bank {
  readonly #store: BankStore;

  constructor(store: BankStore) {
    this.#store = store;
  }

  /** Pays once per key: the same request gets the first answer, another one `key-reused`. */
  pay(key: string, request: PaymentRequest): Outcome {
    return this.#store.transact((): Outcome => {
      const known = this.#row(key);
      if (known === undefined) return this.#payFresh(key, request);
      if (known.request !== JSON.stringify(request)) return { kind: 'key-reused' };
      return { kind: 'answer', payment: firstAnswerOf(known), fresh: false };
    });
  }

  /** The payment of a key as it stands now. */
  find(key: string): Payment | undefined {
    const row = this.#row(key);
    return row === undefined ? undefined : paymentOf(row);
  }

  /** What was paid, in order, returned payments included and rejected ones not. */
  paid({ after, limit }: { readonly after: bigint; readonly limit: number }): PaymentPage {
    const rows = this.#store.db
      .prepare(`select * from payment where seq > ? and status <> 'rejected' order by seq limit ?`)
      .all(after, limit + 1) as unknown as readonly PaymentRow[];
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const next = rows.length > limit && last !== undefined ? last.seq.toString() : null;
    return { payments: page.map(paymentOf), next };
  }

  /** Arms a failure behind those that are armed already. */
  arm(script: Script): void {
    const reasonCode = script.failure === 'return-next-day' ? script.reasonCode : null;
    this.#store.db
      .prepare('insert into armed (failure, times, reason_code) values (?, ?, ?)')
      .run(script.failure, script.times, reasonCode);
  }

  /** What is armed, in the order in which it will strike. */
  armed(): readonly Armed[] {
    const rows = this.#store.db.prepare('select * from armed order by seq').all();
    return (rows as unknown as readonly ArmedRow[]).map(({ failure, times, reason_code }) => ({
      ...{ failure, times: Number(times) },
      ...(reason_code === null ? {} : { reasonCode: reason_code }),
    }));
  }

  /** Begins the next day: what is to come back comes back, what cannot any more becomes final. */
  nextDay(): BusinessDay {
    const { db } = this.#store;
    return this.#store.transact(() => {
      const date = addDays(this.date(), 1);
      db.prepare('update bank set date = ?').run(date);
      const returned = db
        .prepare(
          `update payment set status = 'returned', returned_on = ?1
           where status = 'settled' and return_on <= ?1`,
        )
        .run(date);
      const final = db
        .prepare(
          `update payment set status = 'final' where status = 'settled' and returnable_until < ?`,
        )
        .run(date);
      return { date, returned: Number(returned.changes), final: Number(final.changes) };
    });
  }

  /** The bank's business date. */
  date(): string {
    return String(this.#store.db.prepare('select date from bank').get()?.['date']);
  }

  /** How many payments stand in each status. */
  counts(): Readonly<Record<PaymentStatus, number>> {
    const rows = this.#store.db
      .prepare('select status, count(*) as n from payment group by status')
      .all() as unknown as readonly { readonly status: PaymentStatus; readonly n: bigint }[];
    const counts = { settled: 0, final: 0, returned: 0, rejected: 0 };
    for (const { status, n } of rows) counts[status] = Number(n);
    return counts;
  }

  #row(key: string): PaymentRow | undefined {
    const row = this.#store.db.prepare('select * from payment where key = ?').get(key);
    return row as unknown as PaymentRow | undefined;
  }

  #payFresh(key: string, request: PaymentRequest): Outcome {
    const judged = judge(request);
    if ('reasonCode' in judged) {
      const { reasonCode, message } = judged;
      this.#store.db
        .prepare(
          `insert into payment (key, request, status, reason_code, message)
           values (?, ?, 'rejected', ?, ?)`,
        )
        .run(key, JSON.stringify(request), reasonCode, message);
      return { kind: 'answer', payment: this.#justWritten(key), fresh: true };
    }
    const failure = this.#strike();
    const reasonCode = failure?.failure === 'return-next-day' ? failure.reason_code : null;
    this.#book(key, request, judged, reasonCode);
    const payment = this.#justWritten(key);
    if (failure?.failure === 'timeout-after-paid') return { kind: 'silence', payment };
    return { kind: 'answer', payment, fresh: true };
  }

  #book(
    key: string,
    request: PaymentRequest,
    { minor, currency }: { readonly minor: bigint; readonly currency: string },
    returnReason: string | null,
  ): void {
    const date = this.date();
    const last = this.#store.db.prepare('select max(seq) as seq from payment').get()?.['seq'];
    const seq = (typeof last === 'bigint' ? last : 0n) + 1n;
    this.#store.db
      .prepare(
        `insert into payment (seq, key, request, status, amount_minor, currency, bank_reference,
           booked_on, returnable_until, return_on, reason_code)
         values (?, ?, ?, 'settled', ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[seq, key, JSON.stringify(request), minor, currency],
        ...[`SBX${date.replaceAll('-', '')}-${seq}`, date, addDays(date, returnWindowDays)],
        ...[returnReason === null ? null : addDays(date, 1), returnReason],
      );
  }

  /** Takes one strike off the oldest armed failure. */
  #strike(): ArmedRow | undefined {
    const { db } = this.#store;
    const armed = db.prepare('select * from armed order by seq limit 1').get();
    if (armed === undefined) return undefined;
    const row = armed as unknown as ArmedRow;
    if (row.times > 1n) db.prepare('update armed set times = times - 1 where seq = ?').run(row.seq);
    else db.prepare('delete from armed where seq = ?').run(row.seq);
    return row;
  }

  #justWritten(key: string): Payment {
    const payment = this.find(key);
    if (payment === undefined) throw new Error(`payment "${key}" was written and is gone`);
    return payment;
  }
}
