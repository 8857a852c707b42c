import { appRole, migrate, openDatabase, type Database, type MigrationSet } from '@sluice/database';
import type { BenchContext } from '../frame/bench.ts';

/** A database of one bench. */
export interface BenchDatabase {
  readonly url: string;
  /** As the running app sees it: the least-privilege role. */
  readonly app: Database;
  /** For set-up and for looking at the server. */
  readonly owner: Database;
}

/** Makes a database with these schemas on the shared server. */
export async function makeDatabase(
  { stack, defer }: BenchContext,
  name: string,
  migrations: readonly MigrationSet[],
): Promise<BenchDatabase> {
  const server = openDatabase({ url: stack.databaseUrl, maxConnections: 1 });
  try {
    await server.query(`create database ${name}`);
  } finally {
    await server.close();
  }
  const url = new URL(stack.databaseUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, migrations);
  const app = openDatabase({ url: url.href, role: appRole, applicationName: 'sluice bench' });
  const owner = openDatabase({ url: url.href, maxConnections: 1 });
  defer(() => Promise.all([app.close(), owner.close()]));
  return { url: url.href, app, owner };
}

/** How many bytes of WAL the server has written so far. */
export async function walBytes(owner: Database): Promise<number> {
  const [row] = await owner.query<{ bytes: string }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as bytes`,
  );
  return Number(row?.bytes ?? 0);
}

/** The same database, counting what is sent to the server and waited for. */
export function countRoundTrips(database: Database): {
  readonly database: Database;
  readonly count: () => number;
} {
  let count = 0;
  return {
    count: () => count,
    database: {
      query: (sql, values) => {
        count += 1;
        return database.query(sql, values);
      },
      async connect() {
        const client = await database.connect();
        return new Proxy(client, {
          get(target, name) {
            if (name === 'query') count += 1;
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          },
        });
      },
      close: () => database.close(),
    },
  };
}
