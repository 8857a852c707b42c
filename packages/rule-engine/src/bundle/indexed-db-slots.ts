import { terminalKey, type Terminal } from '../management/terminal.ts';
import type { SlotStore } from './bundle-shelf.ts';

interface DbRequest<T> {
  readonly result: T;
  readonly error: Error | null;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

interface DbTransaction {
  objectStore(name: string): {
    get(key: string): DbRequest<unknown>;
    put(value: string, key: string): DbRequest<unknown>;
  };
  readonly error: Error | null;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
}

interface Db {
  createObjectStore(name: string): unknown;
  transaction(
    name: string,
    mode: 'readonly' | 'readwrite',
    options: { readonly durability: 'strict' },
  ): DbTransaction;
  close(): void;
}

/** The part of `indexedDB` that is used; a browser's own fits. */
export interface DbFactory {
  open(name: string, version: number): DbRequest<Db> & { onupgradeneeded: (() => void) | null };
}

/** Where in the browser, and for whom. */
export interface IndexedDbSlotsParts {
  readonly indexedDb: DbFactory;
  readonly terminal: Terminal;
}

const database = 'sluice-rules';
const shelf = 'slots';

/** Slots in a browser's IndexedDB, one transaction a write, flushed to disk before it returns. */
export function indexedDbSlots({ indexedDb, terminal }: IndexedDbSlotsParts): SlotStore {
  const keyOf = (slot: string): string => `${terminalKey(terminal)} ${slot}`;
  return {
    read: (slot) =>
      withDatabase(indexedDb, async (db) => {
        const store = transact(db, 'readonly').objectStore(shelf);
        const text = await answerOf(store.get(keyOf(slot)));
        return typeof text === 'string' ? text : null;
      }),
    write: (slot, text) =>
      withDatabase(indexedDb, async (db) => {
        const transaction = transact(db, 'readwrite');
        transaction.objectStore(shelf).put(text, keyOf(slot));
        await new Promise<void>((resolve, reject) => {
          transaction.oncomplete = () => resolve();
          transaction.onabort = () => reject(transaction.error ?? new Error('the write failed'));
        });
      }),
  };
}

function transact(db: Db, mode: 'readonly' | 'readwrite'): DbTransaction {
  return db.transaction(shelf, mode, { durability: 'strict' });
}

async function withDatabase<T>(factory: DbFactory, work: (db: Db) => Promise<T>): Promise<T> {
  const opening = factory.open(database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(shelf);
  const db = await answerOf(opening);
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

function answerOf<T>(request: DbRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}
