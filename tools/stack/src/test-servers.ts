import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { startServers, type ServerName, type Servers } from './servers.ts';
import { ownerIsAlive, readState } from './state-file.ts';
import { stopProcess } from './stop-process.ts';

const prefix = 'sluice-test-';
const abandonedAfterMs = 3_600_000;
const graceMs = 5_000;

/** Servers for one test run, with nothing in them. */
export interface TestServers {
  /** What tests read: SLUICE_TEST_DATABASE_URL, SLUICE_TEST_TEMPORAL_ADDRESS. */
  readonly env: Readonly<Record<string, string>>;
  /** Settles when a server dies by itself. */
  readonly lost: Servers['lost'];
  /** Stops them and removes every trace. */
  stop(): Promise<void>;
}

/** Removes what a killed test run left: its servers, then its folder. */
export async function sweepAbandoned(folder: string, now: Date): Promise<void> {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const stateDir = join(folder, name);
    const state = readState(stateDir);
    if (ownerIsAlive(state)) continue;
    const age = now.getTime() - (statSync(stateDir, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    // Without an owner it may be one that is being made, or removed, right now.
    if (state.owner === null && age < abandonedAfterMs) continue;
    if (state.postgres !== null) await stopProcess(state.postgres, 'SIGINT', graceMs);
    if (state.temporal !== null) await stopProcess(state.temporal, 'SIGTERM', graceMs);
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/**
 * Starts servers for tests: fast, in a folder of their own below the system's temporary one, never
 * the ones that DATABASE_URL or TEMPORAL_ADDRESS name, which may hold somebody's data.
 */
export async function startTestServers(
  wanted: readonly ServerName[],
  env: Environment,
  onProgress?: (line: string) => void,
): Promise<TestServers> {
  await sweepAbandoned(tmpdir(), new Date());
  const stateDir = mkdtempSync(join(tmpdir(), prefix));
  const remove = (): void => rmSync(stateDir, { recursive: true, force: true });
  const own = { ...env, DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined };
  try {
    const servers = await startServers(
      { stateDir, env: own, disposable: true, ...(onProgress === undefined ? {} : { onProgress }) },
      wanted,
    );
    const { databaseUrl, temporal, lost } = servers;
    return {
      env: {
        ...(databaseUrl === null ? {} : { SLUICE_TEST_DATABASE_URL: databaseUrl }),
        ...(temporal === null ? {} : { SLUICE_TEST_TEMPORAL_ADDRESS: temporal.address }),
      },
      lost,
      stop: () => servers.stop().then(remove),
    };
  } catch (error) {
    remove();
    throw error;
  }
}
