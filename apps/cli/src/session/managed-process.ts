import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../config.ts';

/** A program of ours, and how to know that it is ready. */
export interface ProcessOptions {
  /** As messages call it: `worker`. */
  readonly name: string;
  readonly script: string;
  readonly env: Environment;
  readonly logFile: string;
  /** What a line of its output says when it is ready; null for any other line. */
  readonly ready: (line: string) => string | null;
  /** The environment of the next start, from what it said when it was ready. */
  readonly again?: (said: string) => Environment;
  /** Hears each line of its output. */
  readonly onLine?: (line: string) => void;
  /** Hears of each start after the first: that one died by itself. */
  readonly onRestart?: (pid: number) => void;
}

/** A program of ours that this one runs beside itself, and starts again when it dies. */
export interface ManagedProcess {
  /** What it said when it was ready. */
  readonly said: string;
  /** Of the process that runs now. */
  pid(): number;
  /** Settles when it died time and again without getting ready, and is given up. */
  readonly lost: Promise<ProgramError>;
  /** Asks it to end, and ends it by force when it has not after `graceMs`; by its own pid. */
  stop(graceMs?: number): Promise<void>;
}

/** A program of ours does not run. The message has the end of its log. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly code = 'PROGRAM_FAILED';
}

const readyMs = 60_000;
const defaultGraceMs = 35_000;
const restartPauseMs = 500;
const longestPauseMs = 8_000;
/** One that dies so often in a row, never getting ready, will not get ready the next time. */
const startsBeforeGivingUp = 5;
const toldLines = 12;

/**
 * Starts a program, waits until it is ready, and keeps it running until it is told to stop.
 *
 * @throws ProgramError when it dies, or is not ready in time; nothing of it is left then.
 */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const log = openLog(options.logFile);
  const first = launch(options, log);
  try {
    const said = await first.ready;
    return new Keeper(options, log, first, said);
  } catch (error) {
    await endProcess(first.child, defaultGraceMs);
    log.end();
    throw error;
  }
}

/** Keeps one program running. */
class Keeper implements ManagedProcess {
  readonly said: string;
  readonly #options: ProcessOptions;
  readonly #log: WriteStream;
  readonly #lost = Promise.withResolvers<ProgramError>();
  #now: Launched;
  #failures = 0;
  #stopping = false;

  constructor(options: ProcessOptions, log: WriteStream, first: Launched, said: string) {
    this.#options = { ...options, env: { ...options.env, ...options.again?.(said) } };
    this.#log = log;
    this.#now = first;
    this.said = said;
    this.#watch();
  }

  get lost(): Promise<ProgramError> {
    return this.#lost.promise;
  }

  pid(): number {
    return this.#now.child.pid ?? 0;
  }

  async stop(graceMs = defaultGraceMs): Promise<void> {
    this.#stopping = true;
    await endProcess(this.#now.child, graceMs);
    await new Promise<void>((resolve) => this.#log.end(resolve));
  }

  #watch(): void {
    if (hasEnded(this.#now.child)) void this.#startAgain();
    else this.#now.child.once('exit', () => void this.#startAgain());
  }

  async #startAgain(): Promise<void> {
    await delay(Math.min(restartPauseMs * 2 ** this.#failures, longestPauseMs));
    if (this.#stopping) return;
    this.#now = launch(this.#options, this.#log);
    this.#options.onRestart?.(this.pid());
    this.#watchStart(this.#now.ready);
  }

  #watchStart(ready: Promise<string>): void {
    ready.then(
      () => {
        this.#failures = 0;
        this.#watch();
      },
      (error: unknown) => {
        if (this.#stopping) return;
        this.#failures += 1;
        const given = error instanceof ProgramError ? error : new ProgramError(String(error));
        this.#log.write(`${given.message}\n`);
        // One that is not ready in time may hang.
        this.#now.child.kill('SIGKILL');
        if (this.#failures >= startsBeforeGivingUp) this.#lost.resolve(given);
        else this.#watch();
      },
    );
  }
}

/** The log of the run before may hold the reason for its end: it is kept. */
function openLog(file: string): WriteStream {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file)) renameSync(file, `${file}.previous`);
  return createWriteStream(file, { mode: 0o600 });
}

interface Launched {
  readonly child: ChildProcess;
  readonly ready: Promise<string>;
}

const endWithParent = new URL('end-with-parent.ts', import.meta.url).href;

function launch(options: ProcessOptions, log: WriteStream): Launched {
  const args = ['--disable-warning=ExperimentalWarning', '--import', endWithParent];
  const child = spawn(process.execPath, [...args, options.script], {
    env: options.env,
    // The pipe to its standard input is never written to: see end-with-parent.ts.
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C reaches the terminal's whole group; we end our children ourselves, in order.
    detached: true,
  });
  const lastLines: string[] = [];
  const keep = (line: string): void => {
    // The frames of a stack would push the words above them out; the log has them.
    if (!/^\s+at /.test(line)) lastLines.push(line);
    if (lastLines.length > toldLines) lastLines.shift();
    if (!log.writableEnded) log.write(`${line}\n`);
  };
  createInterface({ input: child.stderr }).on('line', keep);
  const output = createInterface({ input: child.stdout }).on('line', keep);
  if (options.onLine !== undefined) output.on('line', options.onLine);
  const ready = new Promise<string>((resolve, reject) => {
    const lose = (what: string): void => {
      clearTimeout(timer);
      const said = lastLines.map((line) => `\n  ${line}`).join('');
      const why = said === '' ? '' : ` It said last:${said}`;
      reject(new ProgramError(`the ${options.name} ${what}; its log is ${options.logFile}.${why}`));
    };
    const timer = setTimeout(() => lose('was not ready in time'), readyMs);
    output.on('line', (line) => {
      const said = options.ready(line);
      if (said === null) return;
      clearTimeout(timer);
      resolve(said);
    });
    child.once('error', (error) => lose(`cannot be started: ${error.message}`));
    // Not 'exit': what it said last is still in the pipes then.
    child.once('close', (code, signal) => lose(`ended with ${signal ?? `code ${code}`}`));
  });
  return { child, ready };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}
