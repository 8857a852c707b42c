import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import colors from 'picocolors';
import { describeStackError, StackError } from './stack-error.ts';
import { findRunningStack, startStack, type Stack } from './stack.ts';
import type { StackAddresses } from './state-file.ts';
import { onStopSignal } from './stop-signal.ts';

const help = `Starts PostgreSQL and Temporal for this machine, and stops them at Ctrl-C.

  npm run stack      start both, print their addresses, stay

DATABASE_URL or TEMPORAL_ADDRESS, when set, name servers of yours: those are checked and used, and
nothing is started in their place. SLUICE_STATE_DIR is the folder of their state (default .sluice),
SLUICE_CACHE the one for downloads. tools/stack/README.md says more.
`;

const write = (text: string): void => void process.stdout.write(text);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

function addressLines(addresses: StackAddresses): string {
  const lines = [
    ['DATABASE_URL', addresses.databaseUrl],
    ['TEMPORAL_ADDRESS', addresses.temporalAddress],
    ['TEMPORAL_NAMESPACE', addresses.temporalNamespace],
  ].map(([name, value]) => `${name}=${value}`);
  const url = addresses.temporalUiUrl;
  const ui = url === null ? "your cluster's" : colors.underline(url);
  return `\n${lines.join('\n')}\n\nTemporal Web UI: ${ui}\n`;
}

function stateDir(): string {
  const inRepository = fileURLToPath(new URL('../../../.sluice', import.meta.url));
  return resolve(process.env['SLUICE_STATE_DIR'] || inRepository);
}

/** Whether only help was asked for. Throws for anything unknown. */
function wantsHelp(): boolean {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  return values.help === true;
}

/** Stays until a stop signal, or until a server is lost. Gives the exit code. */
async function stay(stack: Stack, stopAsked: Promise<void>): Promise<number> {
  write('\nPress Ctrl-C to stop.\n');
  // A pending promise alone does not keep a process alive.
  const alive = setInterval(() => undefined, 60_000);
  const lost = await Promise.race([stopAsked.then(() => null), stack.lost]);
  clearInterval(alive);
  if (lost !== null) complain(`\n${describeStackError(lost)}`);
  write('\nStopping.\n');
  await stack.stop();
  return lost === null ? 0 : 1;
}

async function start(folder: string): Promise<number> {
  const running = await findRunningStack(folder);
  if (running !== null) {
    write(`A stack is running already:\n${addressLines(running)}`);
    return 0;
  }
  const asked = Promise.withResolvers<void>();
  let started = false;
  onStopSignal(() => {
    if (started) asked.resolve();
    // Half-way up: the servers that exist so far are told to end as this process exits.
    else process.exit(130);
  });
  const stack = await startStack({
    stateDir: folder,
    env: process.env,
    onProgress: (line) => write(colors.dim(`${line}\n`)),
  });
  started = true;
  write(addressLines(stack));
  return stay(stack, asked.promise);
}

function isUnknownArgument(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code));
}

async function main(): Promise<number> {
  try {
    if (!wantsHelp()) return await start(stateDir());
    write(help);
    return 0;
  } catch (error) {
    if (error instanceof StackError) {
      complain(describeStackError(error));
      return 1;
    }
    if (!isUnknownArgument(error)) throw error;
    complain(`${error.message}\n\n${help}`);
    return 2;
  }
}

process.exitCode = await main();
