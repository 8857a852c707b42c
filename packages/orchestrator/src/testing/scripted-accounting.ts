import type {
  AccountingBatch,
  AccountingBooks,
  AccountingNotFound,
  AccountingServer,
  AccountingUnknown,
  AccountingVerdict,
  BookedEntry,
} from '@sluice/ledger';

/**
 * What the server makes of one batch: books it and says so, books it and never answers, never gets
 * it, or says no.
 */
export type AccountingMood = 'book' | 'book-and-time-out' | 'lose' | 'refuse';

/** An accounting server in memory: books each key once, whatever its mood. */
export class ScriptedAccounting implements AccountingServer, AccountingBooks {
  /** Every call in order, without keys, which differ at each run: `send`, `query not-found`. */
  readonly calls: string[] = [];
  /** The moods of the next batches; then it books. */
  readonly moods: AccountingMood[] = [];
  readonly #batches = new Map<string, { readonly body: string; readonly receipt: string }>();
  readonly #entries: BookedEntry[] = [];

  send(batch: AccountingBatch, key: string): Promise<AccountingVerdict | AccountingUnknown> {
    const mood = this.moods.shift() ?? 'book';
    this.calls.push(`send ${mood}`);
    if (mood === 'lose') return Promise.resolve(timeOut);
    if (mood === 'refuse') {
      return Promise.resolve({ kind: 'refused', code: 'PERIOD_CLOSED', message: 'too late' });
    }
    const verdict = this.#book(batch, key);
    return Promise.resolve(mood === 'book' ? verdict : timeOut);
  }

  query(key: string): Promise<AccountingVerdict | AccountingNotFound> {
    const found = this.#batches.get(key);
    this.calls.push(`query ${found === undefined ? 'not-found' : 'accepted'}`);
    return Promise.resolve(
      found === undefined ? { kind: 'not-found' } : { kind: 'accepted', receipt: found.receipt },
    );
  }

  async *entries(): AsyncGenerator<readonly BookedEntry[]> {
    yield await Promise.resolve([...this.#entries]);
  }

  balances(): ReturnType<AccountingBooks['balances']> {
    throw new Error('nobody asks this server for balances');
  }

  #book(batch: AccountingBatch, key: string): AccountingVerdict {
    const body = JSON.stringify(batch);
    const known = this.#batches.get(key);
    if (known !== undefined && known.body !== body) {
      return { kind: 'refused', code: 'IDEMPOTENCY_KEY_REUSED', message: 'another body' };
    }
    const receipt = known?.receipt ?? `ACC-${this.#batches.size + 1}`;
    if (known === undefined) {
      this.#batches.set(key, { body, receipt });
      this.#entries.push(...batch.entries.map((entry) => ({ ...entry, batch: key })));
    }
    return { kind: 'accepted', receipt };
  }
}

const timeOut: AccountingUnknown = { kind: 'unknown', message: 'time-out' };
