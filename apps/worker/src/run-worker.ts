import type { Database } from '@sluice/database';
import { createHttpAccountingServer } from '@sluice/ledger';
import { UnexpectedRefusalError } from '@sluice/money';
import { createSluiceClient } from '@sluice/orchestrator';
import {
  createActivities,
  loadProgram,
  type ActivityDependencies,
  type Program,
} from '@sluice/orchestrator/activities';
import { createWorker } from '@sluice/orchestrator/worker';
import { createSandboxBankRail } from '@sluice/payout';
import { Client } from '@temporalio/client';
import { DefaultLogger, Runtime, type LogEntry, type Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { WorkerConfig } from './config.ts';
import { connectTemporal, type TemporalCluster } from './connect-temporal.ts';
import { openCheckedDatabase } from './open-database.ts';
import { StartError, wordsOf } from './start-error.ts';

/** How long a bank may take to answer before its answer counts as unknown. */
const bankTimeoutMs = 2_000;
/** The same for an accounting server, which is given thousands of entries at once. */
const accountingTimeoutMs = 5_000;

/** What a worker runs with, and until when. */
export interface WorkerRun {
  readonly config: WorkerConfig;
  readonly log: Logger;
  /** Asks it to end: activities that run are let finish. */
  readonly stop: AbortSignal;
}

/**
 * Runs one worker until it is asked to end.
 *
 * @throws StartError when it cannot start; UnexpectedRefusalError for rules that cannot be read.
 */
export async function runWorker(run: WorkerRun): Promise<void> {
  const { config, log, stop } = run;
  // Signals are ours: the SDK would not hear those that come before the worker runs.
  Runtime.install({ logger: temporalLogger(log), shutdownSignals: [] });
  const program = await readProgram(config.SLUICE_CONFIG_DIR);
  const database = await openCheckedDatabase(config);
  try {
    const cluster = await connectTemporal();
    try {
      const worker = await create(run, program, database, cluster);
      if (!stop.aborted) await untilStopped(worker, run);
      log.info({ taskQueue: config.SLUICE_TASK_QUEUE }, 'worker has stopped');
    } finally {
      await cluster.connection.close();
    }
  } finally {
    await database.close();
  }
}

async function readProgram(folder: string): Promise<Program> {
  try {
    return await loadProgram(folder);
  } catch (error) {
    if (error instanceof UnexpectedRefusalError) throw error;
    throw new StartError(
      'CONFIG_DIR_UNUSABLE',
      `${wordsOf(error)}: SLUICE_CONFIG_DIR names the folder of rules and booking rules`,
      error,
    );
  }
}

function create(
  { config, log }: WorkerRun,
  program: Program,
  database: Database,
  cluster: TemporalCluster,
): Promise<Worker> {
  return createWorker({
    ...cluster,
    taskQueue: config.SLUICE_TASK_QUEUE,
    maxActivities: config.MAX_ACTIVITIES,
    activities: createActivities({
      ...{ database, program, log },
      rail: createSandboxBankRail({ baseUrl: config.SANDBOX_BANK_URL, timeoutMs: bankTimeoutMs }),
      ...sendingBookings(config, cluster),
    }),
  });
}

/** Only a worker that knows the accounting server has bookings sent to it. */
function sendingBookings(
  { ACCOUNTING_SERVER_URL: baseUrl, SLUICE_TASK_QUEUE: taskQueue }: WorkerConfig,
  cluster: TemporalCluster,
): Pick<ActivityDependencies, 'accounting' | 'wakeBookings'> {
  if (baseUrl === undefined) return {};
  const sluice = createSluiceClient(new Client(cluster), taskQueue);
  return {
    accounting: createHttpAccountingServer({ baseUrl, timeoutMs: accountingTimeoutMs }),
    wakeBookings: (rule) => sluice.bookings(rule),
  };
}

async function untilStopped(worker: Worker, { config, log, stop }: WorkerRun): Promise<void> {
  const shutDown = (): void => {
    log.info('worker is stopping: what runs is let finish');
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  stop.addEventListener('abort', shutDown);
  const running = worker.run();
  log.info({ taskQueue: config.SLUICE_TASK_QUEUE }, 'worker is ready');
  try {
    await running;
  } finally {
    stop.removeEventListener('abort', shutDown);
  }
}

/** The SDK's own messages go through our log; what it finds normal is our debug. */
function temporalLogger(log: Logger): DefaultLogger {
  return new DefaultLogger('INFO', ({ level, message, meta }: LogEntry) => {
    const { error, ...details } = (meta ?? {}) as Record<string, unknown>;
    const entry = error === undefined ? details : { ...details, err: error };
    if (level === 'ERROR') log.error(entry, message);
    else if (level === 'WARN') log.warn(entry, message);
    else log.debug(entry, message);
  });
}
