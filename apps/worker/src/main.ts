import { appRole, openDatabase, parseEnvironment } from '@sluice/database';
import { isRefusal } from '@sluice/money';
import { createActivities, loadProgram } from '@sluice/orchestrator/activities';
import { createWorker } from '@sluice/orchestrator/worker';
import { createSandboxBankRail } from '@sluice/payout';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, type LogEntry } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { workerConfig, type WorkerConfig } from './config.ts';

/** How long a bank may take to answer before its answer counts as unknown. */
const bankTimeoutMs = 2_000;

async function main(): Promise<void> {
  const config = parseEnvironment(workerConfig, process.env);
  if (isRefusal(config)) {
    process.stderr.write(`${config.code}: ${config.message}\n`);
    process.exitCode = 2;
    return;
  }
  const log = pino({ name: 'worker', level: config.LOG_LEVEL });
  Runtime.install({ logger: temporalLogger(log) });
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  try {
    await run(config, log, { connection, namespace: namespace ?? 'default' });
  } finally {
    await connection.close();
  }
}

async function run(
  config: WorkerConfig,
  log: Logger,
  cluster: { readonly connection: NativeConnection; readonly namespace: string },
): Promise<void> {
  const database = openDatabase({
    url: config.DATABASE_URL,
    role: appRole,
    maxConnections: config.MAX_ACTIVITIES,
    applicationName: 'sluice worker',
  });
  try {
    const worker = await createWorker({
      ...cluster,
      taskQueue: config.SLUICE_TASK_QUEUE,
      maxActivities: config.MAX_ACTIVITIES,
      activities: createActivities({
        database,
        program: await loadProgram(config.SLUICE_CONFIG_DIR),
        rail: createSandboxBankRail({
          baseUrl: config.SANDBOX_BANK_URL,
          timeoutMs: bankTimeoutMs,
        }),
        log,
      }),
    });
    log.info({ taskQueue: config.SLUICE_TASK_QUEUE }, 'worker is ready');
    await worker.run();
  } finally {
    await database.close();
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

await main();
