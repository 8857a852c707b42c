import pg from 'pg';

/** Something that runs one SQL statement at a time: a {@link Database} or a {@link Tx}. */
export interface Queryable {
  /** Runs one statement, prepared once per connection, and gives its rows. */
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** A pool of connections that act under one role. */
export interface Database extends Queryable {
  /** For {@link withTransaction}: one connection, to be released. */
  connect(): Promise<pg.PoolClient>;
  /** Waits for running statements, then closes every connection. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name` */
  readonly url: string;
  /** The role to act as after login; the running app uses {@link appRole}. */
  readonly role?: string;
  /** At most so many connections at once. */
  readonly maxConnections?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
}

/** The least-privilege role of the running app: it can do what migrations granted, no more. */
export const appRole = 'sluice_app';

/**
 * Plans are made once per statement: a short array would otherwise be planned anew at every call,
 * which took half of the server's time for a batch of one.
 */
const settings = '-c plan_cache_mode=force_generic_plan';

const int8 = 20;
const date = 1082;

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary' && oid === int8) return BigInt;
    if (format !== 'binary' && oid === date) return String;
    return pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text') as unknown;
  },
};

const statementNames = new Map<string, string>();

/** The SQL texts are constants of the code, so the map of names stays small. */
function statementName(sql: string): string {
  const known = statementNames.get(sql);
  if (known !== undefined) return known;
  const name = `s${statementNames.size}`;
  statementNames.set(sql, name);
  return name;
}

/** Runs one statement on one connection; `values` are its `$1`, `$2`, ... */
export async function runStatement<Row extends object>(
  client: pg.ClientBase | pg.Pool,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const result = await client.query<Row>({
    name: statementName(sql),
    text: sql,
    values: [...values],
  });
  return result.rows;
}

/**
 * Opens a pool. `bigint` columns arrive as bigint, `date` as `YYYY-MM-DD` text, `numeric` as text,
 * so that no amount ever passes through a float.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    application_name: options.applicationName ?? 'sluice',
    types,
    // Statements that do not need one another's answers are sent without waiting in between.
    pipeline: true,
    options: `${options.role === undefined ? '' : `-c role=${options.role} `}${settings}`,
  });
  // A server that goes away breaks idle connections: the pool drops them, and the next statement
  // either gets a new one or throws where somebody can handle it.
  pool.on('error', () => undefined);
  return {
    query: (sql, values) => runStatement(pool, sql, values),
    connect: () => pool.connect(),
    close: () => pool.end(),
  };
}
