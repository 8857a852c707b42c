import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './processes.ts';
import type { Running } from './run-program.ts';

/** One line of the worker's log. */
export interface LogLine {
  readonly pid: number;
  /** The business step that was done, for the lines that tell of one. */
  readonly step?: string;
  readonly payoutId?: string;
}

const lookEveryMs = 20;

/** What the workers of a state folder have logged so far, line by line. */
export function readWorkerLog(stateDir: string): readonly LogLine[] {
  const path = join(stateDir, 'logs', 'worker.log');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap(parse);
}

function parse(line: string): readonly LogLine[] {
  try {
    return line.startsWith('{') ? [JSON.parse(line) as LogLine] : [];
  } catch {
    return []; // A killed worker's last line may be cut off.
  }
}

/** Whether the lines so far say that now is the moment to kill. */
export type Moment = (lines: readonly LogLine[]) => boolean;

/**
 * Waits for a moment in the worker's log and kills the worker that wrote its last line, as a power
 * cut would. Gives the killed worker's process id.
 */
export async function killWorkerAt(
  stateDir: string,
  program: Running,
  moment: Moment,
): Promise<number> {
  for (;;) {
    const lines = readWorkerLog(stateDir);
    const pid = lines.at(-1)?.pid;
    if (pid !== undefined && moment(lines) && isAlive(pid)) {
      process.kill(pid, 'SIGKILL');
      return pid;
    }
    if (!program.alive()) {
      const { code, stderr } = await program.ended;
      throw new Error(`the program ended with ${code} before the moment came:\n${stderr}`);
    }
    await delay(lookEveryMs);
  }
}
