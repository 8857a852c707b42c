import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from './config.ts';
import { startAccountingServer } from './start-accounting-server.ts';
import { DataFileError } from './store/accounting-store.ts';

const usage = `Runs the accounting server on 127.0.0.1 until SIGTERM or SIGINT.

Usage: DATA=FILE [PORT=0] [LOG_LEVEL=info] node src/main.ts [--help]

  DATA       the SQLite file with its books; made when missing
  PORT       0 (the default) takes any free port
  LOG_LEVEL  fatal, error, warn, info (the default), debug, trace or silent

When it is ready it prints one line: {"listening":"http://127.0.0.1:PORT"}
Logs go to standard error.
`;

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    process.stdout.write(usage);
    return;
  }
  const server = await startAccountingServer(readConfig());
  process.stdout.write(`${JSON.stringify({ listening: server.baseUrl })}\n`);
  const stop = (): void => void server.close().catch(fail);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** What the user can mend is told in a line or two; the rest with its stack. */
function fail(error: unknown): void {
  process.exitCode = error instanceof ConfigError ? 2 : 1;
  process.stderr.write(`accounting-server: ${describe(error)}\n`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const mendable = error instanceof ConfigError || error instanceof DataFileError;
  // Node's own errors, such as a taken port or an unknown option, carry a code.
  return mendable || 'code' in error ? error.message : (error.stack ?? error.message);
}

await run().catch(fail);
