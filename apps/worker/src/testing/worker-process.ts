import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A worker as a process of its own, and what it said. */
export interface WorkerProcess {
  /** Settles when its output has this text, or it has ended. */
  until(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Settles when it has ended. */
  readonly ended: Promise<WorkerEnd>;
}

export interface WorkerEnd {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Starts the program with this environment, and none of the caller's variables but PATH. */
export function startWorker(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): WorkerProcess {
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  const waiting = new Set<() => void>();
  const tell = (): void => waiting.forEach((look) => look());
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, output, errors });
      tell();
    });
  });
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    until: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!output.includes(text) && child.exitCode === null) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
