import { formatAmount, money } from '@sluice/money';
import {
  hashOf,
  judge,
  type BatchRequest,
  type BookableEntry,
  type BookedBatch,
  type BookedEntry,
  type Rejection,
} from './batch.ts';
import type { Script } from './script.ts';
import type { AccountingStore } from './store/accounting-store.ts';
import { appendArmed, readArmed, takeStrike } from './store/armed.ts';
import {
  bookEntries,
  findBooked,
  insertBatch,
  readAccounts,
  readBatch,
  readCounts,
  readEntries,
  type BatchRow,
  type EntryRow,
} from './store/batches.ts';

/** What a batch came to. */
export type Outcome =
  | { readonly kind: 'booked'; readonly batch: BookedBatch; readonly fresh: boolean }
  /** The key was used with another body, or an entry is booked in another batch. */
  | { readonly kind: 'conflict'; readonly rejection: Rejection }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** What is left of an armed script. */
export interface Armed {
  readonly failure: Script['failure'];
  readonly times: number;
  readonly delayMs?: number;
}

/** One page of entries; `next` continues it, null at the end. */
export interface EntryPage {
  readonly entries: readonly BookedEntry[];
  readonly next: string | null;
}

/** The accounting server's books, apart from how they are asked. */
export class Books {
  readonly #store: AccountingStore;

  constructor(store: AccountingStore) {
    this.#store = store;
  }

  /**
   * Books all entries of a batch or none, once per key: the same request gets the first answer,
   * whatever it asks for under another key or body is refused.
   */
  book(key: string, request: BatchRequest, receivedAt: string): Outcome {
    return this.#store.transact((): Outcome => {
      const known = readBatch(this.#store.db, key);
      if (known === undefined) return this.#bookFresh(key, request, receivedAt);
      if (known.hash === hashOf(request)) {
        return { kind: 'booked', batch: batchOf(known), fresh: false };
      }
      const detail = `the key "${key}" was used with another body: query it, or take a new key`;
      return { kind: 'conflict', rejection: { code: 'IDEMPOTENCY_KEY_REUSED', detail } };
    });
  }

  #bookFresh(key: string, request: BatchRequest, receivedAt: string): Outcome {
    const { db } = this.#store;
    const judged = judge(request);
    if ('code' in judged) return { kind: 'rejected', rejection: judged };
    const conflict = this.#conflictOf(judged);
    if (conflict !== null) return { kind: 'conflict', rejection: conflict };
    const { institution, rule } = request;
    const seq = insertBatch(db, {
      ...{ key, hash: hashOf(request), institution, rule },
      ...{ entries: BigInt(judged.length), received_at: receivedAt },
    });
    bookEntries(db, seq, judged);
    const row = readBatch(db, key);
    if (row === undefined) throw new Error(`batch "${key}" was written and is gone`);
    return { kind: 'booked', batch: batchOf(row), fresh: true };
  }

  #conflictOf(entries: readonly BookableEntry[]): Rejection | null {
    const keys = entries.map(({ key }) => key);
    if (new Set(keys).size < keys.length) {
      return { code: 'ENTRY_KEY_REPEATED', detail: 'an entry key is in the batch twice' };
    }
    const booked = findBooked(this.#store.db, keys);
    if (booked === undefined) return null;
    const detail = `entry "${booked.key}" is booked already, in batch "${booked.batch}"`;
    return { code: 'ENTRY_KEY_REUSED', detail };
  }

  /** The batch of a key. */
  find(key: string): BookedBatch | undefined {
    const row = readBatch(this.#store.db, key);
    return row === undefined ? undefined : batchOf(row);
  }

  /** Entries in the order of booking, of one batch or of all. */
  entries(wanted: {
    readonly after: bigint;
    readonly limit: number;
    readonly batch: string | null;
  }): EntryPage {
    const { limit } = wanted;
    const rows = readEntries(this.#store.db, { ...wanted, limit: limit + 1 });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const next = rows.length > limit && last !== undefined ? last.seq.toString() : null;
    return { entries: page.map(entryOf), next };
  }

  /** Credits less debits of every account. */
  balances(): readonly { readonly account: string; readonly balance: BookedEntry['amount'] }[] {
    return readAccounts(this.#store.db).map(({ code, currency, balance_minor: minor }) => {
      const amount = formatAmount(money(minor, currency));
      return { account: code, balance: { amount, currency } };
    });
  }

  counts(): { readonly batches: number; readonly entries: number } {
    const { batches, entries } = readCounts(this.#store.db);
    return { batches: Number(batches), entries: Number(entries) };
  }

  /** Arms a failure behind those that are armed already. */
  arm(script: Script): void {
    const { failure, times } = script;
    const delay_ms = script.failure === 'delay' ? BigInt(script.delayMs) : null;
    appendArmed(this.#store.db, { failure, times: BigInt(times), delay_ms });
  }

  /** What is armed, in the order in which it will strike. */
  armed(): readonly Armed[] {
    return readArmed(this.#store.db).map(({ failure, times, delay_ms }) => ({
      ...{ failure, times: Number(times) },
      ...(delay_ms === null ? {} : { delayMs: Number(delay_ms) }),
    }));
  }

  /** The failure that strikes the request at hand, if any. */
  strike(): { readonly failure: Script['failure']; readonly delayMs: number } | null {
    const row = this.#store.transact(() => takeStrike(this.#store.db));
    return row === undefined ? null : { failure: row.failure, delayMs: Number(row.delay_ms ?? 0n) };
  }
}

function batchOf(row: BatchRow): BookedBatch {
  const { key, receipt, institution, rule, entries, received_at: receivedAt } = row;
  return { key, receipt, institution, rule, entries: Number(entries), receivedAt };
}

function entryOf(row: EntryRow): BookedEntry {
  const { key, batch, debit, credit, amount_minor: minor, currency } = row;
  return {
    ...{ key, batch, debit, credit },
    amount: { amount: formatAmount(money(minor, currency)), currency },
    ...{ bookedOn: row.booked_on, ruleSet: row.rule_set },
    ...{ ruleSetVersion: Number(row.rule_set_version), transfers: Number(row.transfers) },
  };
}
