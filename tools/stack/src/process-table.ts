import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One process: the pid alone is not enough, since pids are used again. */
export interface ProcessId {
  readonly pid: number;
  /** When it started, as the system writes it; with the pid it names one process for ever. */
  readonly started: string;
}

const hasProc = process.platform === 'linux';

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // The process ended, or belongs to somebody else.
  }
}

function startedFromProc(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name, in parentheses, may hold anything; the fields after it are numbered from 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticksSinceBoot] = [fields[0], fields[19]];
  if (state === undefined || ticksSinceBoot === undefined || 'ZX'.includes(state)) return null;
  const boot = readText('/proc/sys/kernel/random/boot_id') ?? '';
  return `${boot.slice(0, 8)}-${ticksSinceBoot}`;
}

function startedFromPs(pid: number): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  const line = status === 0 ? stdout.trim() : '';
  return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
}

/** The live process with this pid, or null. A zombie is not alive. */
export function findProcess(pid: number): ProcessId | null {
  const started = hasProc ? startedFromProc(pid) : startedFromPs(pid);
  return started === null ? null : { pid, started };
}

/** Whether this very process, not another one with its pid, is alive. */
export function isAlive(id: ProcessId): boolean {
  return findProcess(id.pid)?.started === id.started;
}

function commandLines(): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  if (hasProc) {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const line = readText(`/proc/${name}/cmdline`);
      if (line) lines.set(Number(name), line.replaceAll('\0', ' '));
    }
    return lines;
  }
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' });
  for (const line of stdout.split('\n')) {
    const [, pid, args] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    if (pid !== undefined && args !== undefined) lines.set(Number(pid), `${args} `);
  }
  return lines;
}

/** Live processes whose command line holds every one of these texts. */
export function findByCommandLine(...texts: readonly string[]): readonly ProcessId[] {
  const found: ProcessId[] = [];
  for (const [pid, line] of commandLines()) {
    if (pid === process.pid || !texts.every((text) => line.includes(text))) continue;
    const id = findProcess(pid);
    if (id !== null) found.push(id);
  }
  return found;
}
