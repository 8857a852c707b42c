import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseWeeks } from '@sluice/datasets';
import { isRefusal, refuse, UnexpectedRefusalError } from '@sluice/money';
import { workflowIds } from '@sluice/orchestrator';
import { findRunningStack, onStopSignal } from '@sluice/stack';
import type { CliConfig } from '../config.ts';
import { printSummary } from '../main-job/print-summary.ts';
import { runMainJob } from '../main-job/run.ts';
import { openSession, type Session } from '../session/open-session.ts';
import { Terminal } from '../terminal.ts';

export interface StartOptions {
  readonly weeks: string;
  readonly exit: boolean;
  readonly fresh: boolean;
  readonly json: boolean;
}

/** What a fresh start throws away: our own servers' data, not downloads. */
const stateFiles = ['postgres', 'temporal', 'temporal.db', 'sandbox-bank.sqlite', 'logs'];

/** Runs the main job, tells what came of it, and stays up until Ctrl-C. Gives the exit code. */
export async function start(config: CliConfig, options: StartOptions): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const weeks = parseWeeks(options.weeks);
  if (isRefusal(weeks)) throw new UnexpectedRefusalError(weeks);
  if (options.fresh) await forget(config);
  const stopped = Promise.withResolvers<'stopped'>();
  const forgetSignals = onStopSignal(() => stopped.resolve('stopped'));
  const opening = openSession(config, terminal);
  const session = await Promise.race([opening, stopped.promise]);
  if (session === 'stopped') {
    terminal.line('\nStopping.');
    await opening.then((late) => late.close()).catch(() => undefined);
    return 130;
  }
  try {
    const job = runMainJob(session, config, terminal, weeks);
    const summary = await Promise.race([job, stopped.promise]);
    if (summary === 'stopped') {
      terminal.line('\nStopping; what is under way goes on at the next start.');
      // Its connections are about to be closed: how it ends does not matter any more.
      job.catch(() => undefined);
      return 130;
    }
    printSummary(terminal, summary);
    tellWhereToLook(terminal, session, summary.pool);
    if (!options.exit) await stay(terminal, stopped.promise);
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    const holds = [...summary.ties, ...summary.invariants].every((one) => one.holds);
    return holds ? 0 : 1;
  } finally {
    await session.close();
    forgetSignals();
  }
}

async function forget(config: CliConfig): Promise<void> {
  const stateDir = config.SLUICE_STATE_DIR;
  if ((await findRunningStack(stateDir)) !== null) {
    throw new UnexpectedRefusalError(
      refuse(
        'STACK_RUNNING',
        'a stack is running on the data that --fresh would delete: stop it first (Ctrl-C there)',
      ),
    );
  }
  if (process.env['DATABASE_URL']) {
    throw new UnexpectedRefusalError(
      refuse(
        'DATABASE_NOT_OURS',
        'DATABASE_URL names a database of yours, and --fresh never deletes one: empty it yourself',
      ),
    );
  }
  for (const name of stateFiles) {
    await rm(join(stateDir, name), { recursive: true, force: true });
  }
  for (const suffix of ['-wal', '-shm']) {
    await rm(join(stateDir, `temporal.db${suffix}`), { force: true });
    await rm(join(stateDir, `sandbox-bank.sqlite${suffix}`), { force: true });
  }
}

function tellWhereToLook(terminal: Terminal, session: Session, poolId: string): void {
  const { temporalUiUrl, namespace } = session;
  terminal.heading('Where to look');
  if (temporalUiUrl === null) {
    terminal.line("  Your Temporal cluster's Web UI.");
  } else {
    const page = (query: string): string =>
      `${temporalUiUrl}/namespaces/${namespace}/workflows?query=${encodeURIComponent(query)}`;
    terminal.line(`  the pool          ${page(`WorkflowId="${workflowIds.pool(poolId)}"`)}`);
    terminal.line(`  bulk lane         ${page('WorkflowType="redemptionBatch"')}`);
    terminal.line(`  single lane       ${page('WorkflowType="subsidyPayout"')}`);
    terminal.line(`  payouts           ${page('WorkflowType="payout"')}`);
    terminal.line(`  redistributions   ${page('WorkflowType="redistribution"')}`);
    terminal.line(`  came back         ${page('PayoutState="returned"')}`);
  }
  terminal.line('  npm run sluice -- --help    statements, checks, pools, your own redemptions');
}

async function stay(terminal: Terminal, stopped: Promise<unknown>): Promise<void> {
  terminal.line('\nEverything stays up. Press Ctrl-C to stop.');
  // A pending promise alone does not keep a process alive.
  const alive = setInterval(() => undefined, 60_000);
  await stopped;
  clearInterval(alive);
  terminal.line('\nStopping.');
}
