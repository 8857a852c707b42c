import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Environment } from '../environment.ts';
import { errorMessage } from '../error-message.ts';
import { freePort } from '../ports.ts';
import { findByCommandLine, findProcess } from '../process-table.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { StackError } from '../stack-error.ts';
import { stopProcess } from '../stop-process.ts';
import { waitUntil } from '../wait-until.ts';
import { ensureCluster, superuser, type Cluster } from './cluster.ts';
import { nativePostgres, type NativePostgres } from './native.ts';
import { runAs, type RunAs } from './run-as.ts';

const stopGraceMs = 20_000;
const readyTimeoutMs = 300_000; // Recovery after a crash replays at most max_wal_size.
const attempts = 5;
const database = 'sluice';

/** What a start needs to know. */
export interface PostgresOptions {
  readonly stateDir: string;
  readonly env: Environment;
  readonly preferredPort: number | null;
  /** No crash safety. */
  readonly disposable: boolean;
  /** Hears of the process before it answers, so that it can be recorded. */
  readonly onSpawn: (server: ServerProcess) => void;
  readonly onProgress: (line: string) => void;
}

/** A PostgreSQL that answers. */
export interface RunningPostgres {
  readonly server: ServerProcess;
  readonly port: number;
  /** Superuser, database `sluice`. */
  readonly url: string;
}

const common = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  log_min_messages: 'warning',
  timezone: 'UTC',
};
const crashSafe = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };
const fast = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

function serverArgs(dataDir: string, port: number, disposable: boolean): readonly string[] {
  const settings = { ...common, ...(disposable ? fast : crashSafe), port: String(port) };
  return ['-D', dataDir, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
}

/** Stops a server whose supervisor was killed: it still has the data open. */
async function stopOrphans(dataDir: string): Promise<void> {
  for (const id of findByCommandLine('postgres -D', `-D ${dataDir} `)) {
    await stopProcess(id, 'SIGINT', stopGraceMs);
  }
}

/**
 * A `postmaster.pid` of a killed server may name a pid that is somebody else's by now, and
 * PostgreSQL would take that one for a running server. This is its own way of being told that a
 * pid is no rival; its check of the shared memory still stands guard.
 */
function strangerEnv(dataDir: string): Environment {
  const path = join(dataDir, 'postmaster.pid');
  const pid = existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : NaN;
  if (Number.isNaN(pid) || findProcess(pid) === null) return {};
  return { PG_GRANDPARENT_PID: String(pid) };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // A server that dies now is seen by its exit.
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === '28P01') throw error; // Wrong password: waiting does not help.
    return false; // Not listening yet, or still recovering.
  } finally {
    await client.end();
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      database,
    ]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

interface Launch extends PostgresOptions {
  readonly native: NativePostgres;
  readonly way: RunAs;
  readonly cluster: Cluster;
}

function urlOf(cluster: Cluster, port: number, name: string): string {
  return `postgres://${superuser}:${cluster.password}@127.0.0.1:${port}/${name}`;
}

async function launch(options: Launch): Promise<RunningPostgres | { readonly failure: string }> {
  const { native, way, cluster, stateDir } = options;
  const port = await freePort(options.preferredPort);
  const args = serverArgs(cluster.dataDir, port, options.disposable);
  const [command = native.postgres, ...rest] = [...way.prefix, native.postgres, ...args];
  const server = await startServerProcess({
    name: 'PostgreSQL',
    command,
    args: rest,
    env: { ...options.env, ...strangerEnv(cluster.dataDir), LC_ALL: 'C', TZ: 'UTC' },
    logFile: join(stateDir, 'logs', 'postgres.log'),
    stopSignal: 'SIGINT',
    stopGraceMs,
    ...(way.uid === undefined ? {} : { uid: way.uid }),
    ...(way.gid === undefined ? {} : { gid: way.gid }),
  });
  options.onSpawn(server);
  const adminUrl = urlOf(cluster, port, 'postgres');
  try {
    const settled = async (): Promise<boolean> =>
      server.ended() !== null || (await answers(adminUrl));
    const ready = await waitUntil(settled, readyTimeoutMs);
    const ended = server.ended();
    if (!ready || ended !== null) {
      await server.stop();
      return { failure: `${ended ?? 'no answer in time'}\n${server.logTail()}` };
    }
    await ensureDatabase(adminUrl);
    return { server, port, url: urlOf(cluster, port, database) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** What a second attempt can mend: a port just taken, or a killed server's last backend. */
function isPassing(failure: string): boolean {
  return /could not bind|Address already in use|shared memory block .* still in use/.test(failure);
}

function didNotStart(stateDir: string, failure: string, cause?: unknown): StackError {
  const log = join(stateDir, 'logs', 'postgres.log');
  return new StackError(
    'POSTGRES_DID_NOT_START',
    `PostgreSQL did not start: ${failure}`,
    `See ${log}, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
    cause,
  );
}

/** Starts the PostgreSQL of `stateDir`, whatever state the last run left it in. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  try {
    return await startWithRetry(options);
  } catch (error) {
    if (error instanceof StackError) throw error;
    throw didNotStart(options.stateDir, errorMessage(error), error);
  }
}

async function startWithRetry(options: PostgresOptions): Promise<RunningPostgres> {
  mkdirSync(join(options.stateDir, 'logs'), { recursive: true, mode: 0o700 });
  const native = nativePostgres();
  const way = runAs(native.postgres, options.stateDir);
  const sync = !options.disposable;
  await stopOrphans(join(options.stateDir, 'postgres', 'data'));
  const cluster = await ensureCluster({ stateDir: options.stateDir, native, way, sync });
  let failure = '';
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const preferredPort = attempt === 1 ? options.preferredPort : null;
    const outcome = await launch({ ...options, preferredPort, native, way, cluster });
    if (!('failure' in outcome)) return outcome;
    failure = outcome.failure;
    if (!isPassing(failure)) break;
    options.onProgress(`PostgreSQL: not yet (attempt ${attempt} of ${attempts})`);
    await delay(attempt * 500);
  }
  throw didNotStart(options.stateDir, failure);
}
