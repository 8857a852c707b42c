import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { Environment } from './environment.ts';
import { findProcess, type ProcessId } from './process-table.ts';
import { signalProcess, stopProcess } from './stop-process.ts';

/** How to start a server, and how to stop it. */
export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly logFile: string;
  /** The signal that makes it end in order. */
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to do so before it is killed. */
  readonly stopGraceMs: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** A server that was started here. */
export interface ServerProcess {
  readonly name: string;
  readonly id: ProcessId;
  /** How it ended, whoever ended it: `exit code 1`, `SIGKILL`. Null while it runs. */
  ended(): string | null;
  /** Settles when it has ended. */
  readonly exit: Promise<string>;
  /** The last lines of its log. */
  logTail(): string;
  stop(): Promise<void>;
  /** Without waiting, for the last moment of this process. */
  signalStop(): void;
}

function tailOf(logFile: string): string {
  if (!existsSync(logFile)) return '';
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}

function spawnDetached(server: ServerCommand): ChildProcess {
  // The log of the run before may hold the reason for its end: keep that one.
  if (existsSync(server.logFile)) renameSync(server.logFile, `${server.logFile}.previous`);
  const log = openSync(server.logFile, 'w', 0o600);
  // Whatever a server writes is its user's alone. Only the main thread may set the mask.
  const mask = isMainThread ? process.umask(0o077) : null;
  try {
    const child = spawn(server.command, server.args, {
      // Its own process group: Ctrl-C in a terminal reaches us alone, and we stop it in order.
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...server.env },
      ...(server.uid === undefined ? {} : { uid: server.uid }),
      ...(server.gid === undefined ? {} : { gid: server.gid }),
    });
    child.unref();
    return child;
  } finally {
    if (mask !== null) process.umask(mask);
    closeSync(log);
  }
}

/** Starts a server as a process of its own, its output in a file. Throws when it cannot run. */
export async function startServerProcess(server: ServerCommand): Promise<ServerProcess> {
  const child = spawnDetached(server);
  let end: string | null = null;
  const exit = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      end = signal ?? `exit code ${code ?? 'unknown'}`;
      resolve(end);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid ?? 0;
  const id = findProcess(pid) ?? { pid, started: 'ended before it was seen' };
  return {
    name: server.name,
    id,
    exit,
    ended: () => end,
    logTail: () => tailOf(server.logFile),
    stop: () => stopProcess(id, server.stopSignal, server.stopGraceMs),
    signalStop: () => void signalProcess(id, server.stopSignal),
  };
}
