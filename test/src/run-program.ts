import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TempHome } from './temp-home.ts';

const program = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));

/** How a run of the program ended. */
export interface Ended {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the program that is under way. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Whether it is still there. */
  alive(): boolean;
}

/** Starts `npm run sluice -- ARGS` as a user would, but for npm itself. */
export function startProgram(home: TempHome, args: readonly string[]): Running {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, ...args],
    { cwd: home.workDir, env: home.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout,
    stderr,
  }));
  return {
    pid: child.pid ?? 0,
    ended,
    alive: () => child.exitCode === null && child.signalCode === null,
  };
}

/** Runs the program to its end. */
export function runProgram(home: TempHome, args: readonly string[]): Promise<Ended> {
  return startProgram(home, args).ended;
}
