import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { appRole, openDatabase, type Database } from '../database.ts';
import { databaseMigrations, migrate, type MigrationSet } from '../migrate.ts';

/** A database of one test file, with the schemas it asked for and nothing in them. */
export interface FreshDatabase {
  /** The owner's URL: for child processes and for migrating. */
  readonly url: string;
  /** As the running app sees it: least privilege. */
  readonly app: Database;
  /** As the owner: for set-up, and for looking where the app may not. */
  readonly owner: Database;
  /** Closes every connection and drops the database. */
  drop(): Promise<void>;
}

function serverUrl(): string {
  const url = process.env['SLUICE_TEST_DATABASE_URL'];
  if (url === undefined) {
    throw new Error(
      'SLUICE_TEST_DATABASE_URL is not set: run the tests by `npm test` or by `vitest`, ' +
        'whose global set-up starts a PostgreSQL',
    );
  }
  return url;
}

function urlOf(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/** The template's name follows its content: changed migrations get a template of their own. */
function templateName(sets: readonly MigrationSet[]): string {
  const digest = createHash('sha256');
  for (const { schema, directory } of [databaseMigrations, ...sets]) {
    digest.update(schema);
    for (const file of readdirSync(directory).sort()) {
      digest.update(file).update(readFileSync(join(directory, file)));
    }
  }
  return `template_${digest.digest('hex').slice(0, 16)}`;
}

async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ensureTemplate(client: pg.Client, sets: readonly MigrationSet[]): Promise<string> {
  const template = templateName(sets);
  const lock = Number.parseInt(template.slice(-8), 16);
  await client.query('select pg_advisory_lock($1)', [lock]);
  const { rowCount } = await client.query(
    'select from pg_database where datname = $1 and datistemplate',
    [template],
  );
  if (rowCount === 0) {
    await client.query(`drop database if exists ${template}`);
    await client.query(`create database ${template}`);
    await migrate(urlOf(template), sets);
    await client.query(`alter database ${template} is_template true`);
  }
  await client.query('select pg_advisory_unlock($1)', [lock]);
  return template;
}

/**
 * A fresh database, cloned in milliseconds from a template that is migrated once per server.
 *
 * @param sets the migrations of the packages under test; the receipts' schema is always there.
 */
export async function freshDatabase(...sets: readonly MigrationSet[]): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(async (client) => {
    const template = await ensureTemplate(client, sets);
    await client.query(`create database ${name} template ${template}`);
  });
  const url = urlOf(name);
  const app = openDatabase({ url, role: appRole, maxConnections: 20 });
  const owner = openDatabase({ url, maxConnections: 2 });
  return {
    url,
    app,
    owner,
    async drop() {
      await Promise.all([app.close(), owner.close()]);
      await onServer((client) => client.query(`drop database ${name} with (force)`));
    },
  };
}
