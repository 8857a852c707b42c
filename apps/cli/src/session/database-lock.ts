import { createHash } from 'node:crypto';
import type { Database } from '@sluice/database';

/** Something that one process at a time may do on a database. */
export interface DatabaseLock {
  release(): Promise<void>;
}

/**
 * Takes a named lock on the database, or gives null when another process has it. PostgreSQL frees
 * it when its holder's connection ends, however it ends: no stale lock can be left behind.
 */
export async function tryLock(database: Database, name: string): Promise<DatabaseLock | null> {
  const key = createHash('sha256').update(`sluice ${name}`).digest().readBigInt64BE();
  const client = await database.connect();
  // The server may go away while the lock is held: whoever uses the database will notice.
  const onError = (): void => undefined;
  client.on('error', onError);
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      'select pg_try_advisory_lock($1) as taken',
      [key],
    );
    if (rows[0]?.taken === true) return { release: () => Promise.resolve(client.release(true)) };
  } catch (error) {
    client.release(true);
    throw error;
  }
  client.off('error', onError);
  client.release();
  return null;
}
