import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { appRole } from './database.ts';

/** The migrations of one package: plain SQL files for the schema that bears the package's name. */
export interface MigrationSet {
  readonly schema: string;
  /** Absolute folder of `001_name.sql`, `002_name.sql`, ... run in this order, forward only. */
  readonly directory: string;
}

/** This package's own schema: receipts. */
export const databaseMigrations: MigrationSet = {
  schema: 'database',
  directory: fileURLToPath(new URL('./migrations', import.meta.url)),
};

/** Held while migrating, so that two processes that start at once take turns. */
const migrationLock = 5_019_201;

/**
 * Brings a database up to date: makes the app role when it is missing, then each package's schema
 * and its migrations. Safe to call at every start and by several processes at once.
 *
 * @param url the owner's; the app runs under {@link appRole} and cannot migrate.
 * @returns the names of the migrations that were run now, as `schema/001_name`.
 */
export async function migrate(
  url: string,
  sets: readonly MigrationSet[],
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'sluice migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await createAppRole(client);
    const done: string[] = [];
    for (const set of [databaseMigrations, ...sets]) {
      const ran = await runner({
        dbClient: client,
        dir: set.directory,
        direction: 'up',
        schema: set.schema,
        createSchema: true,
        migrationsTable: 'migration',
        noLock: true,
        log: () => undefined,
      });
      done.push(...ran.map(({ name }) => `${set.schema}/${name}`));
    }
    return done;
  } finally {
    await client.end();
  }
}

async function createAppRole(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [appRole]);
  if (rowCount === 0) await client.query(`create role ${appRole} nologin`);
  await client.query(`grant ${appRole} to current_user`);
}
