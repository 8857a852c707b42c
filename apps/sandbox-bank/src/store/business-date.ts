import type { DatabaseSync } from 'node:sqlite';

/** A new bank's first business date, `YYYY-MM-DD`. */
export function beginOn(db: DatabaseSync, date: string): void {
  db.prepare('insert into bank (id, date) values (1, ?)').run(date);
}

/** The bank's business date. */
export function readDate(db: DatabaseSync): string {
  return String(db.prepare('select date from bank').get()?.['date']);
}

/** Moves the bank to another business date, `YYYY-MM-DD`. */
export function writeDate(db: DatabaseSync, date: string): void {
  db.prepare('update bank set date = ?').run(date);
}
