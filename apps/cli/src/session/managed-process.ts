import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessOptions {
  readonly name: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /** Tells from a line of its output that it is ready, and what it said. */
  readonly ready: (line: string) => string | null;
  /** Started again when it dies by itself; told each time. */
  readonly onRestart?: (pid: number) => void;
}

/** A program of ours that this one runs beside itself. */
export interface ManagedProcess {
  /** What it said when it was ready. */
  readonly said: string;
  /** Asks it to end, waits, and ends it by force when it does not; by its own pid. */
  stop(): Promise<void>;
}

const readyMs = 60_000;
const stopMs = 35_000;
const restartPauseMs = 500;

/** Starts a program, waits until it is ready, and keeps it running until {@link ManagedProcess.stop}. */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  let stopping = false;
  let child = launch(options, log);
  const said = await child.ready;
  const watch = (): void => {
    child.process.once('exit', () => {
      if (stopping) return;
      void delay(restartPauseMs).then(() => {
        if (stopping) return;
        child = launch(options, log);
        options.onRestart?.(child.process.pid ?? 0);
        child.ready.catch((error: unknown) => log.write(`${String(error)}\n`));
        watch();
      });
    });
  };
  watch();
  return {
    said,
    async stop() {
      stopping = true;
      await endProcess(child.process);
      log.end();
    },
  };
}

interface Launched {
  readonly process: ChildProcess;
  readonly ready: Promise<string>;
}

function launch(options: ProcessOptions, log: WriteStream): Launched {
  const child = spawn(process.execPath, [options.script], {
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches the terminal's whole group; we end our children ourselves, in order.
    detached: true,
  });
  child.stderr.pipe(log, { end: false });
  const ready = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(lost('was not ready in time')), readyMs);
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.write(`${line}\n`);
      const said = options.ready(line);
      if (said === null) return;
      clearTimeout(timer);
      resolve(said);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(lost(`ended with ${signal ?? code}`));
    });
  });
  function lost(what: string): Error {
    return new Error(`the ${options.name} ${what}: its log is ${options.logFile}`);
  }
  return { process: child, ready };
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = new AbortController();
  await Promise.race([ended, delay(stopMs, undefined, { signal: timer.signal }).catch(() => null)]);
  timer.abort();
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await ended;
}
