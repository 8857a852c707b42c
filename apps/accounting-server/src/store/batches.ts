import type { DatabaseSync } from 'node:sqlite';
import type { BookableEntry } from '../batch.ts';

/** A row of the table `batch`. */
export interface BatchRow {
  readonly seq: bigint;
  readonly key: string;
  readonly hash: string;
  readonly institution: string;
  readonly rule: string;
  readonly entries: bigint;
  readonly receipt: string;
  readonly received_at: string;
}

/** A row of the table `entry`, with the key of its batch. */
export interface EntryRow {
  readonly seq: bigint;
  readonly key: string;
  readonly batch: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly booked_on: string;
  readonly rule_set: string;
  readonly rule_set_version: bigint;
  readonly transfers: bigint;
}

/** The batch of a key; undefined when the key was never seen. */
export function readBatch(db: DatabaseSync, key: string): BatchRow | undefined {
  const row = db.prepare('select * from batch where key = ?').get(key);
  return row as unknown as BatchRow | undefined;
}

/** Writes a batch; its key must be new, or SQLite throws. Gives its number. */
export function insertBatch(db: DatabaseSync, batch: Omit<BatchRow, 'seq' | 'receipt'>): bigint {
  const { key, hash, institution, rule, entries, received_at } = batch;
  const last = db.prepare('select coalesce(max(seq), 0) as seq from batch').get()?.['seq'];
  const receipt = `ACC-${(typeof last === 'bigint' ? last : 0n) + 1n}`;
  const { lastInsertRowid } = db
    .prepare(
      `insert into batch (key, hash, institution, rule, entries, receipt, received_at)
       values (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(key, hash, institution, rule, entries, receipt, received_at);
  return BigInt(lastInsertRowid);
}

/** Books entries: both accounts of each move, and its key must be new, or SQLite throws. */
export function bookEntries(
  db: DatabaseSync,
  batchSeq: bigint,
  entries: readonly BookableEntry[],
): void {
  const insert = db.prepare(
    `insert into entry (key, batch_seq, debit, credit, amount_minor, currency, booked_on,
       rule_set, rule_set_version, transfers)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const move = db.prepare(
    `insert into account (code, currency, balance_minor) values (?1, ?2, ?3)
     on conflict (code, currency) do update set balance_minor = balance_minor + ?3`,
  );
  for (const entry of entries) {
    const { key, debit, credit, money, bookedOn, ruleSet, ruleSetVersion, transfers } = entry;
    insert.run(
      ...[key, batchSeq, debit, credit, money.minor, money.currency, bookedOn],
      ...[ruleSet, ruleSetVersion, transfers],
    );
    move.run(debit, money.currency, -money.minor);
    move.run(credit, money.currency, money.minor);
  }
}

/** The first of these keys that is booked already, with its batch; undefined when none is. */
export function findBooked(
  db: DatabaseSync,
  keys: readonly string[],
): { readonly key: string; readonly batch: string } | undefined {
  const find = db.prepare(
    `select entry.key, batch.key as batch from entry
     join batch on batch.seq = entry.batch_seq where entry.key = ?`,
  );
  for (const key of keys) {
    const row = find.get(key);
    if (row !== undefined) return row as unknown as { key: string; batch: string };
  }
  return undefined;
}

/** Entries behind the place `after`, of one batch or of all, in order, at most `limit`. */
export function readEntries(
  db: DatabaseSync,
  wanted: { readonly after: bigint; readonly limit: number; readonly batch: string | null },
): readonly EntryRow[] {
  const { after, limit, batch } = wanted;
  return db
    .prepare(
      `select entry.*, batch.key as batch from entry join batch on batch.seq = entry.batch_seq
       where entry.seq > ?1 and (?2 is null or batch.key = ?2) order by entry.seq limit ?3`,
    )
    .all(after, batch, limit) as unknown as readonly EntryRow[];
}

/** Every account's balance: credits less debits. */
export function readAccounts(
  db: DatabaseSync,
): readonly { readonly code: string; readonly currency: string; readonly balance_minor: bigint }[] {
  return db.prepare('select * from account order by code, currency').all() as unknown as readonly {
    readonly code: string;
    readonly currency: string;
    readonly balance_minor: bigint;
  }[];
}

/** How many batches and entries are booked. */
export function readCounts(db: DatabaseSync): {
  readonly batches: bigint;
  readonly entries: bigint;
} {
  return db
    .prepare(
      'select (select count(*) from batch) as batches, (select count(*) from entry) as entries',
    )
    .get() as unknown as { batches: bigint; entries: bigint };
}
