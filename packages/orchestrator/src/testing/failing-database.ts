import type { Database } from '@sluice/database';

type Client = Awaited<ReturnType<Database['connect']>>;
/** As `withTransaction` and the stores send them. */
type Statement = string | { readonly text: string; readonly values: unknown[] };

/** Where a connection breaks: right before its n-th statement, or right after its n-th commit. */
export type Break = { readonly statement: number } | { readonly afterCommit: number };

/**
 * A database that breaks once, as when a worker's machine dies: the server ends the session and
 * rolls back what was not committed. What comes after works.
 */
export class FailingDatabase implements Database {
  readonly #database: Database;
  readonly #owner: Database;
  readonly #at: Break;
  #statements = 0;
  #commits = 0;
  #killing: Promise<void> | undefined;
  /** The statement that it broke at; undefined when the work had fewer. */
  brokeAt: string | undefined;

  constructor(parts: {
    readonly database: Database;
    /** May end the session. */
    readonly owner: Database;
    readonly at: Break;
  }) {
    this.#database = parts.database;
    this.#owner = parts.owner;
    this.#at = parts.at;
  }

  /** How many transactions were committed, as far as this side knows. */
  get commits(): number {
    return this.#commits;
  }

  query: Database['query'] = (sql, values) => this.#database.query(sql, values);

  close(): Promise<void> {
    return this.#database.close();
  }

  async connect(): Promise<Client> {
    const client = await this.#database.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const pid = rows[0]?.pid ?? 0;
    const query = (statement: Statement): Promise<unknown> => this.#query(client, pid, statement);
    return new Proxy(client, {
      get(target, name) {
        if (name === 'query') return query;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  async #query(client: Client, pid: number, statement: Statement): Promise<unknown> {
    const text = typeof statement === 'string' ? statement : statement.text;
    const at = this.#at;
    this.#statements += 1;
    if ('statement' in at && at.statement === this.#statements) {
      this.#killing = this.#kill(client, pid, text);
    }
    // Statements do not wait for one another's answers: none may pass the one that it breaks at.
    await this.#killing;
    const result = await client.query(statement);
    if (text !== 'commit') return result;
    this.#commits += 1;
    if (!('afterCommit' in at) || at.afterCommit !== this.#commits) return result;
    await this.#kill(client, pid, text);
    throw new Error('the connection was lost');
  }

  async #kill(client: Client, pid: number, text: string): Promise<void> {
    this.brokeAt = text;
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    await this.#owner.query('select pg_terminate_backend($1)', [pid]);
    await ended;
  }
}
