import { refuse, UnexpectedRefusalError } from '@sluice/money';
import {
  findRunningStack,
  startServers,
  StackError,
  startStack,
  type StackAddresses,
} from '@sluice/stack';
import type { CliConfig } from '../config.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Closing } from './closing.ts';
import { pause } from './pause.ts';
import { GoneError, watchFor } from './watch-for.ts';

/** The servers of a session, and when they are lost. */
export interface ReachedStack {
  readonly addresses: StackAddresses;
  /** Settles when a server that we started dies, or the one who runs them stops them. */
  readonly lost: Promise<Error>;
}

/** Another process may hold the state folder for a moment: one that starts, stops or just looks. */
const patienceMs = 60_000;
const lookEveryMs = 400;

/** Finds the servers that run already, or starts them. */
export async function reachStack(
  config: CliConfig,
  terminal: Terminal,
  closing: Closing,
  signal: AbortSignal,
): Promise<ReachedStack> {
  const stateDir = config.SLUICE_STATE_DIR;
  return whenFree(terminal, signal, async () => {
    const running = await runningStack(config);
    if (running !== null) {
      terminal.aside('using the PostgreSQL and Temporal that are running already');
      const lost = watchFor(closing, {
        isThere: async () => (await findRunningStack(stateDir)) !== null,
        gone: new GoneError('the process that runs PostgreSQL and Temporal has stopped them'),
      });
      return { addresses: running, lost };
    }
    const onProgress = (text: string): void => {
      if (!text.startsWith('starting ')) terminal.aside(text);
    };
    const stack = await startStack({ stateDir, env: config.env, onProgress });
    closing.add(() => stack.stop());
    return { addresses: stack, lost: stack.lost };
  });
}

/** The database alone: that of the running stack, or its own for as long as it is needed. */
export async function reachDatabase(
  config: CliConfig,
  terminal: Terminal,
  closing: Closing,
  signal: AbortSignal,
): Promise<string> {
  return whenFree(terminal, signal, async () => {
    const running = await runningStack(config);
    if (running !== null) return running.databaseUrl;
    const options = { stateDir: config.SLUICE_STATE_DIR, env: config.env };
    const servers = await startServers(options, ['postgres']);
    closing.add(() => servers.stop());
    if (servers.databaseUrl === null) throw new Error('PostgreSQL was asked for and is missing');
    return servers.databaseUrl;
  });
}

/** Tries again while another process holds the state folder, and says so. */
async function whenFree<T>(
  terminal: Terminal,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  for (let told = false; ; told = true) {
    try {
      return await work();
    } catch (error) {
      const held = error instanceof StackError && error.code === 'STACK_RUNNING';
      if (!held || performance.now() > untilMs) throw error;
      if (!told) terminal.aside('another process is starting or stopping the servers; waiting');
    }
    await pause(lookEveryMs, signal);
  }
}

/** The stack that runs on the state folder, if the environment does not name another one. */
async function runningStack({ SLUICE_STATE_DIR, env }: CliConfig): Promise<StackAddresses | null> {
  const running = await findRunningStack(SLUICE_STATE_DIR);
  if (running === null) return null;
  const named = [
    ['DATABASE_URL', running.databaseUrl],
    ['TEMPORAL_ADDRESS', running.temporalAddress],
  ] as const;
  const other = named.find(([name, ours]) => env[name] && env[name] !== ours);
  if (other === undefined) return running;
  throw new UnexpectedRefusalError(
    refuse(
      'STACK_DIFFERS',
      `${other[0]} names another server than the ones that run on ${SLUICE_STATE_DIR}: ` +
        `stop those, unset ${other[0]}, or choose another folder by SLUICE_STATE_DIR`,
      { variable: other[0] },
    ),
  );
}
