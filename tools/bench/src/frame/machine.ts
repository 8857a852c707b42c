import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly os: string;
  /** Of the folder that holds the data; null where it cannot be told. */
  readonly fileSystem: string | null;
  /** How many processes wanted to run in the minute before: what else the machine did. */
  readonly loadBefore: number;
}

/** What the figures were measured with. */
export interface Versions {
  readonly node: string;
  readonly postgresql: string;
  readonly temporal: string;
}

/** Which state of the code was measured; null outside a git checkout. */
export interface Revision {
  readonly commit: string;
  /** Whether files differ from the commit, or are not in it. */
  readonly dirty: boolean;
}

/** Looks at the machine; `folder` is where the data will be. */
export function describeMachine(folder: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    os: `${type()} ${release()} ${arch()}`,
    fileSystem: fileSystemOf(folder),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** A commit is only as slow as the file system makes it, so a figure without it says little. */
function fileSystemOf(folder: string): string | null {
  const mounts = '/proc/self/mounts';
  if (!existsSync(mounts)) return null;
  const holding = readFileSync(mounts, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point]) => point !== undefined && isWithin(folder, point))
    .toSorted(([, left = ''], [, right = '']) => right.length - left.length);
  return holding[0]?.[2] ?? null;
}

function isWithin(folder: string, point: string): boolean {
  return point === '/' || folder === point || folder.startsWith(`${point}/`);
}

/** The commit that is checked out below a folder. */
export function describeRevision(root: string): Revision | null {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    return {
      commit: git('rev-parse', '--short=12', 'HEAD').trim(),
      dirty: git('status', '--porcelain').trim() !== '',
    };
  } catch {
    return null; // No git, or no checkout: the figures are good all the same.
  }
}
