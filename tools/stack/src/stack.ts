import { startServers, type StackOptions } from './servers.ts';
import type { StackError } from './stack-error.ts';
import { portAnswers } from './ports.ts';
import { ownerIsAlive, readState, type StackAddresses } from './state-file.ts';

/** A running stack, in the hands of whoever started it. */
export interface Stack extends StackAddresses {
  /** Stops what was started here, and nothing else. Calling it again waits for the same stop. */
  stop(): Promise<void>;
  /** Settles, with SERVER_LOST, only when a server that was started here dies by itself. */
  readonly lost: Promise<StackError>;
}

/**
 * Brings up PostgreSQL and Temporal, or checks the ones that the environment names. Throws
 * `StackError`, and nothing is left running then; STACK_RUNNING when another live process has this
 * folder (see {@link findRunningStack}).
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { databaseUrl, temporal, lost, stop } = await startServers(options, [
    'postgres',
    'temporal',
  ]);
  if (databaseUrl === null || temporal === null) throw new Error('A server is missing.');
  return {
    databaseUrl,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    temporalUiUrl: temporal.uiUrl,
    lost,
    stop,
  };
}

/** The stack that a live process runs on this folder, or null. */
export async function findRunningStack(stateDir: string): Promise<StackAddresses | null> {
  const state = readState(stateDir);
  if (state.addresses === null || !ownerIsAlive(state)) return null;
  const { postgres, temporal } = state.ports;
  const own = [
    state.postgres === null ? null : postgres,
    state.temporal === null ? null : temporal,
  ].filter((port) => port !== null);
  const answers = await Promise.all(own.map((port) => portAnswers(port)));
  return answers.every(Boolean) ? state.addresses : null;
}
