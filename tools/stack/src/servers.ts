import type { Environment } from './environment.ts';
import { checkExternalPostgres } from './postgres/external.ts';
import { startPostgres } from './postgres/server.ts';
import { StackError } from './stack-error.ts';
import { acquireLock } from './stack-lock.ts';
import { readState, type StackAddresses } from './state-file.ts';
import { Supervisor } from './supervisor.ts';
import { checkExternalTemporal } from './temporal/external.ts';
import { startTemporal } from './temporal/server.ts';

/** What `startStack` needs to know. */
export interface StackOptions {
  /** Absolute path of the folder that holds data, logs and the state file. */
  readonly stateDir: string;
  /** The environment: `DATABASE_URL`, `TEMPORAL_*`, `SLUICE_CACHE`, `PATH` are read from it. */
  readonly env: Environment;
  /** Hears one line per step that takes noticeable time. */
  readonly onProgress?: (line: string) => void;
  /** False keeps Temporal's state in memory. Default: true, or false when disposable. */
  readonly temporalPersistent?: boolean;
  /** True trades crash safety for speed: for data that nobody will miss, such as a test's. */
  readonly disposable?: boolean;
}

/** One of the two servers. */
export type ServerName = 'postgres' | 'temporal';

/** Where a Temporal is; `uiUrl` is null when it is not ours. */
export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | null;
}

/** The servers that were asked for. */
export interface Servers {
  readonly databaseUrl: string | null;
  readonly temporal: TemporalAddress | null;
  readonly lost: Promise<StackError>;
  readonly stop: () => Promise<void>;
}

type Wanted = readonly ServerName[];

function alreadyRunning(stateDir: string, pid: number): StackError {
  const { addresses } = readState(stateDir);
  const where =
    addresses === null
      ? 'It is starting or stopping.'
      : `DATABASE_URL=${addresses.databaseUrl} TEMPORAL_ADDRESS=${addresses.temporalAddress}`;
  return new StackError(
    'STACK_RUNNING',
    `A stack on ${stateDir} is running already, in process ${pid}. ${where}`,
    'Use that one, or stop it first (Ctrl-C where it runs).',
  );
}

/** Checks what the environment names; what it does not name is null. */
async function checkExternal(env: Environment, wanted: Wanted) {
  const databaseUrl = (wanted.includes('postgres') && env['DATABASE_URL']) || null;
  if (databaseUrl !== null) await checkExternalPostgres(databaseUrl);
  const named = wanted.includes('temporal') && Boolean(env['TEMPORAL_ADDRESS']);
  const temporal = named ? { ...(await checkExternalTemporal(env)), uiUrl: null } : null;
  return { databaseUrl, temporal };
}

async function startOwnPostgres(options: StackOptions, supervisor: Supervisor): Promise<string> {
  const { stateDir, env, disposable = false, onProgress = () => undefined } = options;
  onProgress('starting PostgreSQL');
  const { url, port } = await startPostgres({
    stateDir,
    env,
    disposable,
    onProgress,
    preferredPort: supervisor.ports.postgres,
    onSpawn: (server) => supervisor.watch('postgres', server),
  });
  supervisor.rememberPorts({ postgres: port });
  return url;
}

async function startOwnTemporal(
  options: StackOptions,
  supervisor: Supervisor,
): Promise<TemporalAddress> {
  const { stateDir, env, disposable = false, onProgress = () => undefined } = options;
  onProgress('starting Temporal');
  const running = await startTemporal({
    stateDir,
    env,
    onProgress,
    persistent: options.temporalPersistent ?? !disposable,
    preferredPort: supervisor.ports.temporal,
    preferredUiPort: supervisor.ports.temporalUi,
    onSpawn: (server) => supervisor.watch('temporal', server),
  });
  supervisor.rememberPorts({ temporal: running.port, temporalUi: running.uiPort });
  return running;
}

async function bringUp(
  options: StackOptions,
  missing: Wanted,
  supervisor: Supervisor,
): Promise<[string | null, TemporalAddress | null]> {
  await supervisor.takeOver();
  // Both are seen to their end, so that a failure of one leaves nothing of the other behind.
  const [postgres, temporal] = await Promise.allSettled([
    missing.includes('postgres') ? startOwnPostgres(options, supervisor) : null,
    missing.includes('temporal') ? startOwnTemporal(options, supervisor) : null,
  ]);
  if (postgres.status === 'rejected') throw postgres.reason;
  if (temporal.status === 'rejected') throw temporal.reason;
  return [postgres.value, temporal.value];
}

function addressesOf(
  databaseUrl: string | null,
  temporal: TemporalAddress | null,
): StackAddresses | null {
  if (databaseUrl === null || temporal === null) return null;
  return {
    databaseUrl,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    temporalUiUrl: temporal.uiUrl,
  };
}

function nothingStarted(databaseUrl: string | null, temporal: TemporalAddress | null): Servers {
  return {
    databaseUrl,
    temporal,
    lost: new Promise(() => undefined),
    stop: () => Promise.resolve(),
  };
}

/** Brings up the wanted servers, or checks the ones that the environment names. */
export async function startServers(options: StackOptions, wanted: Wanted): Promise<Servers> {
  const external = await checkExternal(options.env, wanted);
  const missing = wanted.filter((name) =>
    name === 'postgres' ? external.databaseUrl === null : external.temporal === null,
  );
  if (missing.length === 0) return nothingStarted(external.databaseUrl, external.temporal);
  const lock = acquireLock(options.stateDir);
  if ('pid' in lock) throw alreadyRunning(options.stateDir, lock.pid);
  const supervisor = new Supervisor(options.stateDir, lock);
  try {
    const [ownUrl, ownTemporal] = await bringUp(options, missing, supervisor);
    const databaseUrl = ownUrl ?? external.databaseUrl;
    const temporal = ownTemporal ?? external.temporal;
    supervisor.up(addressesOf(databaseUrl, temporal));
    return { databaseUrl, temporal, lost: supervisor.lost, stop: () => supervisor.stop() };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}
