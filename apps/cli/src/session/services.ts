import { join } from 'node:path';
import type { Database } from '@sluice/database';
import { refuse, UnexpectedRefusalError } from '@sluice/money';
import type { StackAddresses } from '@sluice/stack';
import { logDir, programs, type CliConfig } from '../config.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Closing } from './closing.ts';
import { tryLock, type DatabaseLock } from './database-lock.ts';
import { startProcess, type ManagedProcess } from './managed-process.ts';
import { pause } from './pause.ts';
import { findSession, removeSession, writeSession, type SessionInfo } from './session-file.ts';
import { GoneError, watchFor } from './watch-for.ts';
import { describeWorkerLine } from './worker-line.ts';

/** The sandbox bank, the accounting server and a worker: ours, or those of whoever was first. */
export interface Services {
  readonly bankUrl: string;
  readonly accountingUrl: string;
  /** The process that runs them, when it is not this one. */
  readonly runBy: number | null;
  /** Settles when they are gone for good. */
  readonly lost: Promise<Error>;
}

/** Where services run, and what they need. */
export interface ServiceRequest {
  readonly config: CliConfig;
  readonly terminal: Terminal;
  readonly closing: Closing;
  readonly addresses: StackAddresses;
  readonly database: Database;
  readonly signal: AbortSignal;
}

/** The first of several processes on one database needs a while to bring its programs up. */
const patienceMs = 90_000;
const lookEveryMs = 300;

/**
 * Starts the sandbox bank, the accounting server and a worker, or joins those of another process.
 * One bank and one accounting server alone keep the books of a database: the process that holds the
 * lock on the database runs them, and the others find their addresses in the state folder.
 *
 * @throws UnexpectedRefusalError `SESSION_DIFFERS`: the one that runs has other rules or another
 *   task queue; `SESSION_ELSEWHERE`: it runs from another state folder.
 */
export async function openServices(request: ServiceRequest): Promise<Services> {
  const { config, database, signal } = request;
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const lock = await tryLock(database, 'session');
    if (lock !== null) return startOwn(request, lock);
    const found = await findSession(config.SLUICE_STATE_DIR);
    if (found !== null) return joinSession(request, found);
    if (performance.now() > untilMs) throw elsewhere(config);
    await pause(lookEveryMs, signal);
  }
}

function elsewhere({ SLUICE_STATE_DIR }: CliConfig): UnexpectedRefusalError {
  return new UnexpectedRefusalError(
    refuse(
      'SESSION_ELSEWHERE',
      'another process works on this database, and not from the state folder ' +
        `${SLUICE_STATE_DIR}: name its folder by SLUICE_STATE_DIR, or stop it first`,
    ),
  );
}

function joinSession({ config, terminal, closing }: ServiceRequest, found: SessionInfo): Services {
  const { pid, bankUrl, accountingUrl, taskQueue, configDir } = found;
  if (taskQueue !== config.SLUICE_TASK_QUEUE || configDir !== config.SLUICE_CONFIG_DIR) {
    throw new UnexpectedRefusalError(
      refuse(
        'SESSION_DIFFERS',
        `process ${pid} runs here with the task queue "${taskQueue}" and the rules of ` +
          `${configDir}: use the same, or stop it first`,
        { pid, taskQueue, configDir },
      ),
    );
  }
  terminal.aside(`joined process ${pid}: its worker and its sandbox bank do the work`);
  if (config.verbose) {
    terminal.aside(`its business steps are in ${join(logDir(config), 'worker.log')}`);
  }
  const lost = watchFor(closing, {
    isThere: async () => (await findSession(config.SLUICE_STATE_DIR))?.pid === pid,
    gone: new GoneError(`process ${pid}, which ran the worker and the sandbox bank, has ended`),
  });
  return { bankUrl, accountingUrl, runBy: pid, lost };
}

async function startOwn(request: ServiceRequest, lock: DatabaseLock): Promise<Services> {
  const { config, terminal, closing } = request;
  closing.add(() => lock.release());
  const stateDir = config.SLUICE_STATE_DIR;
  const tell = (): void => {
    const { SLUICE_TASK_QUEUE: taskQueue, SLUICE_CONFIG_DIR: configDir } = config;
    const programs = { bankPid: bank.pid(), accountingPid: books.pid(), workerPid: worker.pid() };
    const about = { bankUrl: bank.said, accountingUrl: books.said, taskQueue, configDir };
    writeSession(stateDir, { version: 1, pid: process.pid, ...programs, ...about });
  };
  const onRestart = (name: string) => (pid: number) => {
    terminal.aside(`the ${name} died and was started again as process ${pid}`);
    tell();
  };
  const bank = await startBank(config, onRestart('sandbox bank'));
  closing.add(() => bank.stop());
  request.signal.throwIfAborted();
  const books = await startAccounting(config, onRestart('accounting server'));
  closing.add(() => books.stop());
  request.signal.throwIfAborted();
  const urls = { bankUrl: bank.said, accountingUrl: books.said };
  const worker = await startWorker(request, urls, onRestart('worker'));
  closing.add(() => worker.stop());
  tell();
  // First of all: whoever has joined learns that this is the end.
  closing.add(() => Promise.resolve(removeSession(stateDir)));
  return { ...urls, runBy: null, lost: Promise.race([bank.lost, books.lost, worker.lost]) };
}

type OnRestart = (pid: number) => void;

function startBank(config: CliConfig, onRestart: OnRestart): Promise<ManagedProcess> {
  return startProcess({
    name: 'sandbox bank',
    script: programs.sandboxBank,
    logFile: join(logDir(config), 'sandbox-bank.log'),
    env: {
      ...config.env,
      PORT: '0',
      DATA: join(config.SLUICE_STATE_DIR, 'sandbox-bank.sqlite'),
      LOG_LEVEL: config.LOG_LEVEL,
    },
    ready: (line) => /^\{"listening":"(http:[^"]+)"\}$/.exec(line)?.[1] ?? null,
    // The worker knows its address: a bank that is started again has to be there.
    again: (said) => ({ PORT: new URL(said).port }),
    onRestart,
  });
}

function startAccounting(config: CliConfig, onRestart: OnRestart): Promise<ManagedProcess> {
  return startProcess({
    name: 'accounting server',
    script: programs.accountingServer,
    logFile: join(logDir(config), 'accounting-server.log'),
    env: {
      ...config.env,
      PORT: '0',
      DATA: join(config.SLUICE_STATE_DIR, 'accounting-server.sqlite'),
      LOG_LEVEL: config.LOG_LEVEL,
    },
    ready: (line) => /^\{"listening":"(http:[^"]+)"\}$/.exec(line)?.[1] ?? null,
    again: (said) => ({ PORT: new URL(said).port }),
    onRestart,
  });
}

function startWorker(
  { config, terminal, addresses }: ServiceRequest,
  { bankUrl, accountingUrl }: Pick<Services, 'bankUrl' | 'accountingUrl'>,
  onRestart: OnRestart,
): Promise<ManagedProcess> {
  return startProcess({
    name: 'worker',
    script: programs.worker,
    logFile: join(logDir(config), 'worker.log'),
    env: {
      ...config.env,
      DATABASE_URL: addresses.databaseUrl,
      TEMPORAL_ADDRESS: addresses.temporalAddress,
      TEMPORAL_NAMESPACE: addresses.temporalNamespace,
      SANDBOX_BANK_URL: bankUrl,
      ACCOUNTING_SERVER_URL: accountingUrl,
      SLUICE_CONFIG_DIR: config.SLUICE_CONFIG_DIR,
      SLUICE_TASK_QUEUE: config.SLUICE_TASK_QUEUE,
      LOG_LEVEL: config.LOG_LEVEL,
    },
    ready: (line) => (line.includes('"worker is ready"') ? 'ready' : null),
    onRestart,
    ...(config.verbose ? { onLine: (line) => showLine(terminal, line) } : {}),
  });
}

function showLine(terminal: Terminal, line: string): void {
  const text = describeWorkerLine(line);
  if (text !== null) terminal.brief(text);
}
