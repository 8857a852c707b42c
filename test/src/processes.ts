import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A live process: its id, and its command line with its environment where that can be read. */
export interface FoundProcess {
  readonly pid: number;
  readonly text: string;
}

/** Live processes that name this folder in their command line or their environment. */
export function processesOf(folder: string): readonly FoundProcess[] {
  const all = process.platform === 'linux' ? fromProc() : fromPs();
  return all.filter(({ pid, text }) => pid !== process.pid && text.includes(folder));
}

function fromProc(): readonly FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      text: `${read(`/proc/${name}/cmdline`)} ${read(`/proc/${name}/environ`)}`,
    }));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // It has ended, or belongs to somebody else.
  }
}

function fromPs(): readonly FoundProcess[] {
  return execFileSync('ps', ['-axwwE', '-o', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, text] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
      return pid === undefined || text === undefined ? [] : [{ pid: Number(pid), text }];
    });
}

/** Whether a process with this id is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Kills what is left of a run, each process by its own id. */
export function endProcesses(folder: string): void {
  for (const { pid } of processesOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}
