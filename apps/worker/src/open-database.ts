import { appRole, openDatabase, type Database } from '@sluice/database';
import type { WorkerConfig } from './config.ts';
import { StartError, wordsOf } from './start-error.ts';

const migrating =
  'run `npm run sluice -- check` once with the DATABASE_URL of its owner, ' +
  'which makes roles and tables';

/**
 * Opens the database under the least-privilege role, and makes sure that it answers.
 *
 * @throws StartError `DATABASE_UNREACHABLE` or `DATABASE_NOT_MIGRATED`; nothing is open then.
 */
export async function openCheckedDatabase(config: WorkerConfig): Promise<Database> {
  const database = openDatabase({
    url: config.DATABASE_URL,
    role: appRole,
    maxConnections: config.MAX_ACTIVITIES,
    applicationName: 'sluice worker',
  });
  try {
    const [row] = await database.query<{ migrated: boolean }>(
      "select to_regclass('pool.pool') is not null as migrated",
    );
    if (row?.migrated === true) return database;
    throw new StartError(
      'DATABASE_NOT_MIGRATED',
      `the database has no tables of ours: ${migrating}`,
    );
  } catch (error) {
    await database.close();
    throw error instanceof StartError ? error : describe(error, config.DATABASE_URL);
  }
}

function describe(error: unknown, url: string): StartError {
  const words = wordsOf(error);
  // The role is asked for as the connection is made, so its absence looks like a refused login.
  if (words.includes(appRole)) {
    return new StartError('DATABASE_NOT_MIGRATED', `${words}: ${migrating}`, error);
  }
  const shown = url.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:***@');
  return new StartError(
    'DATABASE_UNREACHABLE',
    `no PostgreSQL lets us in at ${shown} (${words}): correct DATABASE_URL, or start it`,
    error,
  );
}
