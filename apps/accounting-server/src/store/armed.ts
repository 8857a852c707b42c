import type { DatabaseSync } from 'node:sqlite';
import type { Script } from '../script.ts';

/** A row of the table `armed`. */
export interface ArmedRow {
  readonly seq: bigint;
  readonly failure: Script['failure'];
  /** How many requests it is still to strike. */
  readonly times: bigint;
  readonly delay_ms: bigint | null;
}

/** Puts a failure behind those that are armed already. */
export function appendArmed(
  db: DatabaseSync,
  { failure, times, delay_ms }: Omit<ArmedRow, 'seq'>,
): void {
  const values = [failure, times, delay_ms];
  db.prepare('insert into armed (failure, times, delay_ms) values (?, ?, ?)').run(...values);
}

/** What is armed, in the order in which it will strike. */
export function readArmed(db: DatabaseSync): readonly ArmedRow[] {
  return db.prepare('select * from armed order by seq').all() as unknown as readonly ArmedRow[];
}

/** Takes one strike off the oldest armed failure; undefined when none is armed. */
export function takeStrike(db: DatabaseSync): ArmedRow | undefined {
  const oldest = db.prepare('select * from armed order by seq limit 1').get();
  if (oldest === undefined) return undefined;
  const row = oldest as unknown as ArmedRow;
  if (row.times > 1n) db.prepare('update armed set times = times - 1 where seq = ?').run(row.seq);
  else db.prepare('delete from armed where seq = ?').run(row.seq);
  return row;
}
