import { isAlive, type ProcessId } from './process-table.ts';
import { waitUntil } from './wait-until.ts';

const afterKillMs = 5_000;

/** Sends a signal to this very process; false when it is gone. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isAlive(id)) return false;
  try {
    return process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Asks the process to end by `signal`; kills it when it has not ended `graceMs` later. */
export async function stopProcess(
  id: ProcessId,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (!signalProcess(id, signal)) return;
  if (await waitUntil(() => !isAlive(id), graceMs)) return;
  signalProcess(id, 'SIGKILL');
  await waitUntil(() => !isAlive(id), afterKillMs);
}
