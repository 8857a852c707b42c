import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseWeeks } from '@sluice/datasets';
import { isRefusal, refuse, UnexpectedRefusalError } from '@sluice/money';
import { workflowIds } from '@sluice/orchestrator';
import { findRunningStack, StackError, startServers } from '@sluice/stack';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { spanOf } from '../main-job/calendar.ts';
import { printSummary } from '../main-job/print-summary.ts';
import { runMainJob } from '../main-job/run.ts';
import { tillFolder } from '../main-job/till.ts';
import { checkConfigDir } from '../publish-config.ts';
import { inSession } from '../session/in-session.ts';
import type { Session } from '../session/open-session.ts';
import { Terminal } from '../terminal/terminal.ts';

/** How the main job is run. */
export interface StartOptions {
  readonly weeks: string;
  readonly exit: boolean;
  readonly fresh: boolean;
  readonly json: boolean;
}

/** What a fresh start throws away: our own servers' data, not downloads. */
const stateFiles = [
  'postgres',
  'temporal',
  'logs',
  tillFolder,
  ...['temporal.db', 'sandbox-bank.sqlite', 'accounting-server.sqlite'].flatMap((name) => [
    ...[name, `${name}-wal`, `${name}-shm`],
  ]),
  'session.json',
];

/** Runs the main job, tells what came of it, and stays up until Ctrl-C. Gives the exit code. */
export async function start(config: CliConfig, options: StartOptions): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const weeks = parseWeeks(options.weeks);
  if (isRefusal(weeks)) throw new UnexpectedRefusalError(weeks);
  const program = await checkConfigDir(config.SLUICE_CONFIG_DIR);
  if (options.fresh) await forget(config, terminal);
  tellWhatComes(terminal, weeks);
  return inSession(config, terminal, async (session, signal) => {
    const summary = await runMainJob({ session, config, program, terminal, signal }, weeks);
    printSummary(terminal, summary);
    tellWhereToLook(terminal, session, summary.pool);
    if (!options.exit) await stay(terminal, signal);
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    const holds = [...summary.ties, ...summary.invariants].every((one) => one.holds);
    return holds ? exitCodes.fine : exitCodes.broken;
  });
}

function tellWhatComes(terminal: Terminal, weeks: readonly number[]): void {
  const span = `${weeks.length === 1 ? 'week' : 'weeks'} ${spanOf(weeks)}`;
  terminal.item(
    '',
    `Opens a subsidy pool over ${span} of 2017, settles its discounts, pays every seller and ` +
      'checks every cent. The first run fetches Temporal and the data: it takes a minute or two.',
  );
}

async function forget({ SLUICE_STATE_DIR, env }: CliConfig, terminal: Terminal): Promise<void> {
  for (const [variable, code] of notOurs) {
    if (!env[variable]) continue;
    throw new UnexpectedRefusalError(
      refuse(
        code,
        `${variable} names a server of yours, and --fresh never deletes what it holds: ` +
          'empty both it and the state folder yourself, or start without --fresh',
        { variable },
      ),
    );
  }
  await takeOver(SLUICE_STATE_DIR, env);
  for (const name of stateFiles) {
    await rm(join(SLUICE_STATE_DIR, name), { recursive: true, force: true, maxRetries: 5 });
  }
  terminal.aside('forgot all data of earlier runs');
}

const notOurs = [
  ['DATABASE_URL', 'DATABASE_NOT_OURS'],
  ['TEMPORAL_ADDRESS', 'TEMPORAL_NOT_OURS'],
] as const;

/**
 * Makes sure that nobody uses the state folder, and ends the servers that a killed process left:
 * the stack does so when it starts one there.
 */
async function takeOver(stateDir: string, env: CliConfig['env']): Promise<void> {
  if (!existsSync(join(stateDir, 'stack.json'))) return;
  try {
    if ((await findRunningStack(stateDir)) !== null) throw inUse();
    const servers = await startServers({ stateDir, env }, ['postgres']);
    await servers.stop();
  } catch (error) {
    if (error instanceof StackError && error.code === 'STACK_RUNNING') throw inUse();
    // Data that no server can start on any more is a good reason to forget it.
    if (!(error instanceof StackError)) throw error;
  }
}

function inUse(): UnexpectedRefusalError {
  return new UnexpectedRefusalError(
    refuse(
      'STACK_RUNNING',
      'a process is using the data that --fresh would delete: stop it first (Ctrl-C there)',
    ),
  );
}

function tellWhereToLook(terminal: Terminal, session: Session, poolId: string): void {
  const { temporalUiUrl, namespace } = session;
  terminal.heading('Where to look');
  if (temporalUiUrl === null) {
    terminal.line("  Your Temporal cluster's Web UI.");
  } else {
    const page = (query: string): string =>
      `${temporalUiUrl}/namespaces/${namespace}/workflows?query=${encodeURIComponent(query)}`;
    terminal.line(`  Temporal's Web UI ${temporalUiUrl}`);
    terminal.line(`  the pool          ${page(`WorkflowId="${workflowIds.pool(poolId)}"`)}`);
    terminal.line(`  bulk lane         ${page('WorkflowType="redemptionBatch"')}`);
    terminal.line(`  single lane       ${page('WorkflowType="subsidyPayout"')}`);
    terminal.line(`  payouts           ${page('WorkflowType="payout"')}`);
    terminal.line(`  redistributions   ${page('WorkflowType="redistribution"')}`);
    terminal.line(`  booking batches   ${page('WorkflowType="bookingBatch"')}`);
    terminal.line(`  came back         ${page('PayoutState="returned"')}`);
  }
  terminal.line('  npm run sluice -- --help    statements, checks, pools, your own redemptions');
}

async function stay(terminal: Terminal, signal: AbortSignal): Promise<void> {
  terminal.line('\nEverything stays up. Press Ctrl-C to stop.');
  // A pending promise alone does not keep a process alive.
  const alive = setInterval(() => undefined, 60_000);
  const ended = Promise.withResolvers<void>();
  if (signal.aborted) ended.resolve();
  signal.addEventListener('abort', () => ended.resolve());
  await ended.promise;
  clearInterval(alive);
}
