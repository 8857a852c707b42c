import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import colors from 'picocolors';
import { errorMessage } from './error-message.ts';
import { describeStackError, StackError } from './stack-error.ts';
import { onStopSignal } from './stop-signal.ts';
import { StepRunner } from './step-runner.ts';
import { projectDirs, summaryLine, sumResults, type TestSum } from './test-results.ts';
import { startTestServers, type TestServers } from './test-servers.ts';

const help = `Checks everything: format, lint, types, then the tests of every project, against one
PostgreSQL and one Temporal that are started for this run and removed after it.

  npm test

Stops at the first step that fails. The last line is "N passed, N failed". Unchanged projects come
from Nx's cache. One project alone: in its folder, with node_modules/.bin on the PATH, "vitest run"
starts the servers that it needs.
`;

const root = fileURLToPath(new URL('../../..', import.meta.url));
const write = (text: string): void => void process.stdout.write(text);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** The script behind a program of an npm package. */
function program(name: string): string {
  const require = createRequire(join(root, 'package.json'));
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = require(manifest) as { bin: string | Record<string, string> };
  const script = typeof bin === 'string' ? bin : bin[name];
  if (script === undefined) throw new Error(`${name} has no program of its own name.`);
  return join(dirname(manifest), script);
}

/** Nx as a plain program: no daemon, no terminal of its own, no word to anybody outside. */
const quietNx = {
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
  NX_NATIVE_COMMAND_RUNNER: 'false',
};

function nx(...targets: readonly string[]): readonly string[] {
  return [program('nx'), 'run-many', '--outputStyle=static', '-t', ...targets];
}

function heading(title: string): void {
  write(`\n${colors.bold(title)}\n`);
}

async function checks(steps: StepRunner): Promise<boolean> {
  heading('Format');
  if (!(await steps.run([program('prettier'), '--check', '.']))) {
    complain('Run `npm run format` and look at what it changed.');
    return false;
  }
  heading('Lint and types');
  return steps.run(nx('lint', 'typecheck'), quietNx);
}

async function tests(steps: StepRunner): Promise<boolean> {
  heading('Tests');
  const servers: TestServers = await startTestServers(
    ['postgres', 'temporal'],
    process.env,
    (line) => write(colors.dim(`${line}\n`)),
  );
  void servers.lost.then((error) => {
    complain(describeStackError(error));
    steps.abort();
  });
  try {
    return await steps.run(nx('test'), { ...quietNx, ...servers.env });
  } finally {
    await servers.stop();
  }
}

async function runAll(steps: StepRunner): Promise<TestSum> {
  const dirs = projectDirs(root);
  for (const dir of dirs) rmSync(join(dir, 'test-results'), { recursive: true, force: true });
  try {
    if (!(await checks(steps))) return { passed: 0, failed: 1, skipped: 0 };
    const ok = await tests(steps);
    const sum = sumResults(dirs);
    // A project can fail without a failed test: one that cannot even be loaded.
    return ok || sum.failed > 0 ? sum : { ...sum, failed: 1 };
  } catch (error) {
    complain(error instanceof StackError ? describeStackError(error) : errorMessage(error));
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.length > 0) {
    write(help);
    return args.every((arg) => arg === '--help' || arg === '-h') ? 0 : 2;
  }
  const steps = new StepRunner(root);
  onStopSignal(() => steps.abort());
  const sum = await runAll(steps);
  write(`\n${summaryLine(sum)}\n`);
  if (steps.aborted) return 130;
  return sum.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
