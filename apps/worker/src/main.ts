import { parseArgs } from 'node:util';
import { isRefusal, UnexpectedRefusalError } from '@sluice/money';
import { pino } from 'pino';
import { readWorkerConfig } from './config.ts';
import { runWorker } from './run-worker.ts';
import { StartError } from './start-error.ts';
import { onStopRequest } from './stop-request.ts';

const usage = `Runs the workflows and activities of Sluice until SIGTERM or SIGINT.

Usage: DATABASE_URL=... SANDBOX_BANK_URL=... SLUICE_CONFIG_DIR=... node src/main.ts [--help]

  DATABASE_URL       postgres://user:password@host/name, migrated
  SANDBOX_BANK_URL   where payouts are sent
  SLUICE_CONFIG_DIR  the folder of rules and booking rules
  SLUICE_TASK_QUEUE  sluice (the default)
  MAX_ACTIVITIES     how many may run at once, each on a connection: 16 (the default)
  LOG_LEVEL          trace, debug, info (the default), warn, error or silent
  TEMPORAL_ADDRESS   localhost:7233 (the default); TEMPORAL_NAMESPACE and the other TEMPORAL_*
                     variables as Temporal documents them

When it is ready it logs the line "worker is ready". Logs go to standard output, one JSON object a
line. Exit codes: 0 asked to end; 1 a server cannot be reached, or the worker failed; 2 wrong
configuration.
`;

const wrongConfiguration = 2;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const config = readWorkerConfig();
  if (isRefusal(config)) {
    complain(`${config.code}: ${config.message}`);
    return wrongConfiguration;
  }
  const log = pino({ name: 'worker', level: config.LOG_LEVEL });
  const stop = onStopRequest();
  try {
    await runWorker({ config, log, stop: stop.signal });
    return 0;
  } finally {
    stop.forget();
  }
}

/** What an operator can mend is told in a line; the rest with its stack. */
function fail(error: unknown): number {
  if (error instanceof StartError) {
    complain(`${error.code}: ${error.message}`);
    return error.code === 'CONFIG_DIR_UNUSABLE' ? wrongConfiguration : 1;
  }
  if (error instanceof UnexpectedRefusalError) {
    complain(error.message);
    return wrongConfiguration;
  }
  if (isUnknownArgument(error)) {
    complain(`${error.message}\n\n${usage}`);
    return wrongConfiguration;
  }
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}

function isUnknownArgument(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code));
}

function complain(text: string): void {
  process.stderr.write(`worker: ${text}\n`);
}

process.exitCode = await main().catch(fail);
