import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchContext } from '../frame/bench.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** How a program ended, and the last it said. */
export interface Ended {
  readonly code: number | null;
  /** The last line of its standard output. */
  readonly lastLine: string;
}

export interface ProgramOptions {
  /** From the root of the repository. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: BenchContext['env'];
  /** Hears every line, on either stream, when it comes. */
  readonly onLine: (line: string) => void;
}

/** A program of ours that runs as a process of its own. */
export interface Program {
  readonly ended: Promise<Ended>;
  /** Asks it to end and waits. */
  stop(): Promise<void>;
}

/** Starts a program under this Node. */
export function startProgram({ script, args, env, onLine }: ProgramOptions): Program {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `${root}${script}`, ...args],
    // Its own process group: Ctrl-C in a terminal reaches us alone, and we stop it in order.
    { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let lastLine = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    lastLine = line;
    onLine(line);
  });
  createInterface({ input: child.stderr }).on('line', onLine);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, lastLine }));
  return {
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
