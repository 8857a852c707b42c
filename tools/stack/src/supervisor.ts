import { findProcess } from './process-table.ts';
import type { ServerProcess } from './server-process.ts';
import { StackError } from './stack-error.ts';
import type { StackLock } from './stack-lock.ts';
import { emptyState, readState, writeState, type StackState } from './state-file.ts';
import { stopProcess } from './stop-process.ts';

const orphanGraceMs = 15_000;

/** What runs under one state folder, and the file that says so. */
export class Supervisor {
  readonly #stateDir: string;
  readonly #lock: StackLock;
  readonly #servers: ServerProcess[] = [];
  readonly #lost = Promise.withResolvers<StackError>();
  readonly #onExit = (): void => {
    for (const server of this.#servers) server.signalStop();
  };
  #state: StackState;
  #stopping: Promise<void> | null = null;

  constructor(stateDir: string, lock: StackLock) {
    this.#stateDir = stateDir;
    this.#lock = lock;
    this.#state = readState(stateDir);
    // Whoever forgets to stop, or is interrupted while starting, leaves no server behind.
    process.on('exit', this.#onExit);
  }

  /** Ports of the last run. */
  get ports(): StackState['ports'] {
    return this.#state.ports;
  }

  /** Settles when a server dies by itself. */
  get lost(): Promise<StackError> {
    return this.#lost.promise;
  }

  /** Ends the servers of a supervisor that was killed, then takes the folder over. */
  async takeOver(): Promise<void> {
    const { postgres, temporal } = this.#state;
    if (postgres !== null) await stopProcess(postgres, 'SIGINT', orphanGraceMs);
    if (temporal !== null) await stopProcess(temporal, 'SIGTERM', orphanGraceMs);
    this.#record({ ...emptyState, owner: findProcess(process.pid), ports: this.ports });
  }

  /** Notes a server the moment it exists: a kill right after must not lose it. */
  watch(name: 'postgres' | 'temporal', server: ServerProcess): void {
    this.#servers.push(server);
    this.#record({ [name]: server.id });
  }

  /** Keeps ports for the next run. */
  rememberPorts(ports: Partial<StackState['ports']>): void {
    this.#record({ ports: { ...this.ports, ...ports } });
  }

  /** Everything answers: tell others where, and take the end of a server as a loss from now on. */
  up(addresses: StackState['addresses']): void {
    this.#record({ addresses });
    for (const server of this.#servers) {
      if (server.ended() === null) void server.exit.then((end) => this.#report(server, end));
    }
  }

  /** Stops the servers; the folder is free then. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  #record(change: Partial<StackState>): void {
    this.#state = { ...this.#state, ...change };
    writeState(this.#stateDir, this.#state);
  }

  #report(server: ServerProcess, end: string): void {
    if (this.#stopping !== null) return;
    this.#lost.resolve(
      new StackError(
        'SERVER_LOST',
        `${server.name} ended by itself (${end}).\n${server.logTail()}`.trimEnd(),
        'Start again: the data is as it was at the last commit.',
      ),
    );
  }

  async #stopAll(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    this.#record({ ...emptyState, ports: this.ports });
    process.off('exit', this.#onExit);
    this.#lock.release();
  }
}
