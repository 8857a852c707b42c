import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProcess, isAlive, type ProcessId } from './process-table.ts';

/** Holds a state folder for this process. */
export interface StackLock {
  release(): void;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function readHolder(path: string): ProcessId | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessId;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A link either is made whole or fails: two processes never both think that they hold it. */
function tryLink(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves a dead holder's lock away; gives it back when another process was faster. */
function clearStale(lock: string, stale: ProcessId): void {
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== null && (moved.pid !== stale.pid || moved.started !== stale.started)) {
    tryLink(aside, lock);
  }
  rmSync(aside, { force: true });
}

/**
 * Takes the folder for this process, or says which live process has it. A dead process's lock
 * counts for nothing.
 */
export function acquireLock(stateDir: string): StackLock | ProcessId {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const lock = join(stateDir, 'stack.lock');
  const own = `${lock}.${randomUUID()}`;
  writeFileSync(own, JSON.stringify(findProcess(process.pid)), { mode: 0o600 });
  try {
    while (!tryLink(own, lock)) {
      const holder = readHolder(lock);
      if (holder === null) continue;
      if (isAlive(holder)) return holder;
      clearStale(lock, holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return { release: () => rmSync(lock, { force: true }) };
}
