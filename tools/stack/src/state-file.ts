import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessId } from './process-table.ts';

/** Ports of the last run: kept, so that a bookmark of the Web UI stays good. */
export interface StackPorts {
  readonly postgres: number | null;
  readonly temporal: number | null;
  readonly temporalUi: number | null;
}

/** The addresses of a running stack. */
export interface StackAddresses {
  /** PostgreSQL: a role that may create roles and databases, database `sluice`. */
  readonly databaseUrl: string;
  /** Temporal's gRPC front end, `host:port`. */
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** Temporal's Web UI; null when the cluster is not ours. */
  readonly temporalUiUrl: string | null;
}

/** What `stack.json` holds. It names a password, hence mode 0600. */
export interface StackState {
  readonly version: 1;
  /** Whoever started the servers; null after an orderly stop. */
  readonly owner: ProcessId | null;
  readonly postgres: ProcessId | null;
  readonly temporal: ProcessId | null;
  /** Null until both answer. */
  readonly addresses: StackAddresses | null;
  readonly ports: StackPorts;
}

/** The state before the first start. */
export const emptyState: StackState = {
  version: 1,
  owner: null,
  postgres: null,
  temporal: null,
  addresses: null,
  ports: { postgres: null, temporal: null, temporalUi: null },
};

function isState(value: unknown): value is StackState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'ports' in value &&
    typeof value.ports === 'object' &&
    value.ports !== null
  );
}

/** The state as last written; the empty state when there is none, or none that can be read. */
export function readState(stateDir: string): StackState {
  const path = join(stateDir, 'stack.json');
  if (!existsSync(path)) return emptyState;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isState(value) ? { ...emptyState, ...value } : emptyState;
  } catch (error) {
    if (error instanceof SyntaxError) return emptyState; // Half written by a full disk.
    throw error;
  }
}

/** Replaces the state as a whole: a reader never sees half of it. */
export function writeState(stateDir: string, state: StackState): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const path = join(stateDir, 'stack.json');
  const next = `${path}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
}

/** Whether whoever started these servers is still there. */
export function ownerIsAlive(state: StackState): boolean {
  return state.owner !== null && isAlive(state.owner);
}
