import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { schema, schemaVersion } from './schema.ts';

/** The data file is not one, or cannot be reached: for whoever set DATA. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}

/** The books in one SQLite file: every commit survives a killed process. */
export interface AccountingStore {
  readonly db: DatabaseSync;
  /** Runs `work` in one transaction that excludes every other writer. */
  transact<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the books, and makes them when the file is new.
 *
 * @throws DataFileError naming the file.
 */
export function openAccountingStore(dataFile: string): AccountingStore {
  const file = resolve(dataFile);
  try {
    return open(file);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new DataFileError(`the data file ${file} cannot be used: ${words}`, { cause });
  }
}

function open(file: string): AccountingStore {
  mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file, { timeout: 5_000, readBigInts: true });
  const store = storeOn(db);
  try {
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    store.transact(() => prepare(db));
    return store;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: DatabaseSync): void {
  const version = db.prepare('pragma user_version').get()?.['user_version'];
  if (version === BigInt(schemaVersion)) return;
  if (version !== 0n) {
    throw new Error(`it is of version ${String(version)}, this server reads ${schemaVersion}`);
  }
  db.exec(schema);
  db.exec(`pragma user_version = ${schemaVersion}`);
}

function storeOn(db: DatabaseSync): AccountingStore {
  return {
    db,
    transact(work) {
      db.exec('begin immediate');
      try {
        const result = work();
        db.exec('commit');
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec('rollback');
        throw error;
      }
    },
    close: () => db.close(),
  };
}
