import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { freePort } from '../ports.ts';
import { findByCommandLine } from '../process-table.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { StackError } from '../stack-error.ts';
import { stopProcess } from '../stop-process.ts';
import { waitUntil } from '../wait-until.ts';
import { describeTemporal } from './answers.ts';
import { findTemporalCli, knowsFlag, type TemporalCli } from './find-cli.ts';

const namespace = 'default';
const stopGraceMs = 15_000;
const readyTimeoutMs = 90_000;
const attempts = 3;

/** What a start needs to know. */
export interface TemporalOptions {
  readonly stateDir: string;
  readonly env: Environment;
  readonly preferredPort: number | null;
  readonly preferredUiPort: number | null;
  /** False keeps everything in memory. */
  readonly persistent: boolean;
  /** Hears of the process before it answers, so that it can be recorded. */
  readonly onSpawn: (server: ServerProcess) => void;
  readonly onProgress: (line: string) => void;
}

/** A Temporal that answers. */
export interface RunningTemporal {
  readonly server: ServerProcess;
  readonly port: number;
  readonly uiPort: number;
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
}

/**
 * The defaults suit a shared cluster; this one serves a single machine. Limits are raised so that
 * the machine is the limit, and a workflow whose code keeps failing shows up soon.
 */
const dynamicConfig: Readonly<Record<string, string>> = {
  'frontend.enableServerVersionCheck': 'false',
  'frontend.enableUpdateWorkflowExecution': 'true',
  'frontend.enableUpdateWorkflowExecutionAsyncAccepted': 'true',
  'system.enableActivityEagerExecution': 'true',
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': '2',
  'frontend.rps': '20000',
  'frontend.namespaceRPS': '20000',
  'frontend.persistenceMaxQPS': '50000',
  'history.persistenceMaxQPS': '50000',
  'matching.persistenceMaxQPS': '50000',
};

function databaseFile(stateDir: string): string {
  return join(stateDir, 'temporal.db');
}

async function serverArgs(
  cli: TemporalCli,
  options: TemporalOptions,
  port: number,
  uiPort: number,
): Promise<readonly string[]> {
  const store = [
    ...['--db-filename', databaseFile(options.stateDir)],
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'],
  ];
  const quiet = '--ui-disable-news-fetch';
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`],
    ...(options.persistent ? store : []),
    ...['--log-level', 'error', '--log-format', 'json'],
    ...((await knowsFlag(cli, quiet)) ? [quiet] : []),
    ...Object.entries(dynamicConfig).flatMap(([k, v]) => ['--dynamic-config-value', `${k}=${v}`]),
  ];
}

/** The CLI reads TEMPORAL_* too, and must not take a client's settings for its server's. */
function withoutClientSettings(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function answers(address: string): Promise<boolean> {
  try {
    await describeTemporal({ connection: { address, connectTimeout: 1_000 }, namespace });
    return true;
  } catch {
    return false; // Not up yet: its exit or the deadline ends the waiting.
  }
}

async function launch(
  cli: TemporalCli,
  options: TemporalOptions,
): Promise<RunningTemporal | { readonly failure: string }> {
  const port = await freePort(options.preferredPort);
  const uiPort = await freePort(options.preferredUiPort);
  const server = await startServerProcess({
    name: 'Temporal',
    command: cli.path,
    args: await serverArgs(cli, options, port, uiPort),
    env: withoutClientSettings(options.env),
    logFile: join(options.stateDir, 'logs', 'temporal.log'),
    stopSignal: 'SIGTERM',
    stopGraceMs,
  });
  options.onSpawn(server);
  const address = `127.0.0.1:${port}`;
  const settled = async (): Promise<boolean> => server.ended() !== null || (await answers(address));
  const ready = await waitUntil(settled, readyTimeoutMs);
  const ended = server.ended();
  if (!ready || ended !== null) {
    await server.stop();
    return { failure: `${ended ?? 'no answer in time'}\n${server.logTail()}` };
  }
  return { server, port, uiPort, address, namespace, uiUrl: `http://127.0.0.1:${uiPort}` };
}

/** Stops a server whose supervisor was killed: two on one file would corrupt it. */
async function stopOrphans(stateDir: string): Promise<void> {
  for (const id of findByCommandLine(`start-dev `, `--db-filename ${databaseFile(stateDir)} `)) {
    await stopProcess(id, 'SIGTERM', stopGraceMs);
  }
}

/** Starts a Temporal of our own, whatever state the last run left its file in. */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  mkdirSync(join(options.stateDir, 'logs'), { recursive: true, mode: 0o700 });
  const cli = await findTemporalCli(options.env, options.onProgress);
  await stopOrphans(options.stateDir);
  let failure = '';
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const ports = attempt === 1 ? {} : { preferredPort: null, preferredUiPort: null };
    const outcome = await launch(cli, { ...options, ...ports });
    if (!('failure' in outcome)) return outcome;
    failure = outcome.failure;
    if (!/address already in use|can't set .*port/i.test(failure)) break;
    options.onProgress(`Temporal: a port was taken meanwhile (attempt ${attempt} of ${attempts})`);
  }
  throw new StackError(
    'TEMPORAL_DID_NOT_START',
    `Temporal (${cli.path}) did not start: ${failure}`,
    `See ${join(options.stateDir, 'logs', 'temporal.log')}, ` +
      'or set TEMPORAL_ADDRESS to a running cluster.',
  );
}
