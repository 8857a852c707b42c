import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeStackError, onStopSignal, StackError } from '@sluice/stack';
import { benches } from './benches/index.ts';
import { parseArguments, type Arguments } from './frame/arguments.ts';
import type { Bench } from './frame/bench.ts';
import { chooseBenches, listBenches, UnknownBenchError } from './frame/choose-benches.ts';
import { Closing } from './frame/closing.ts';
import { describeMachine, describeRevision } from './frame/machine.ts';
import { showReport, type Report } from './frame/report.ts';
import { runBench, type BenchReport } from './frame/run-benches.ts';
import { askVersions, SharedStack } from './frame/shared-stack.ts';
import { withoutServers } from './servers/environment.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const tell = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * The folder of a run. It lies in the state folder and not in the system's temporary one, which is
 * often memory, where a commit costs nothing.
 */
function makeFolder(closing: Closing): string {
  const parent = process.env['SLUICE_STATE_DIR'] ?? join(root, '.sluice');
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(parent, 'bench-'));
  closing.add(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  return folder;
}

async function measureAll(
  chosen: readonly Bench[],
  { rounds, quick }: Arguments,
  closing: Closing,
): Promise<Report> {
  const folder = makeFolder(closing);
  const date = new Date().toISOString();
  const machine = describeMachine(folder);
  const env = withoutServers(process.env);
  const stack = new SharedStack(folder, env);
  closing.add(() => stack.down());
  tell('starting PostgreSQL and Temporal');
  const versions = await askVersions(await stack.up());
  const reports: BenchReport[] = [];
  for (const bench of chosen) {
    const options = { stack, folder, env, rounds, quick, progress: tell, defer: closing.add };
    reports.push(await runBench(bench, options));
  }
  return { date, machine, versions, revision: describeRevision(root), quick, benches: reports };
}

/** Gives the exit code. */
async function main(): Promise<number> {
  const given = parseArguments(process.argv.slice(2));
  const chosen = chooseBenches(benches, given.names);
  if (given.list) {
    process.stdout.write(`${listBenches(given.names.length === 0 ? benches : chosen)}\n`);
    return 0;
  }
  const closing = new Closing();
  const interrupted = Promise.withResolvers<null>();
  onStopSignal(() => {
    tell('\nStopping.');
    interrupted.resolve(null);
  });
  try {
    const work = measureAll(chosen, given, closing);
    // What it works on is closed under its hands when it is interrupted.
    work.catch(() => undefined);
    const report = await Promise.race([work, interrupted.promise]);
    if (report === null) return 130;
    (given.json ? process.stderr : process.stdout).write(`\n${showReport(report)}\n`);
    if (given.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    return 0;
  } finally {
    await closing.close();
  }
}

/** What the user can mend is told in a line; a bug with its stack. */
function describe(error: unknown): string {
  if (error instanceof UnknownBenchError) return error.message;
  if (error instanceof StackError) return describeStackError(error);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  const code = await main();
  // An interrupted bench may still wait for what is gone.
  if (code === 130) process.exit(code);
  process.exitCode = code;
} catch (error) {
  tell(describe(error));
  process.exitCode = 1;
}
