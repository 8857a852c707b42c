import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The accounting server as a process of its own, with its own books. */
export interface AccountingProcess {
  readonly baseUrl: string;
  /** Has the next batches fail so, one each. */
  arm(failure: string, rest?: object): Promise<void>;
  /** How many batches and entries are in its books. */
  counts(): Promise<{ readonly batches: number; readonly entries: number }>;
  /** What is armed and has not struck yet. */
  armed(): Promise<readonly unknown[]>;
  stop(): void;
}

/** Starts one on a free port, with new books. */
export async function startAccountingProcess(): Promise<AccountingProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'accounting-'));
  const script = fileURLToPath(
    new URL('../../../../apps/accounting-server/src/main.ts', import.meta.url),
  );
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    env: { PATH: process.env['PATH'], DATA: join(folder, 'books.sqlite'), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const baseUrl = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve((JSON.parse(line) as { readonly listening: string }).listening);
    });
    child.once('exit', (code) => reject(new Error(`the accounting server ended with ${code}`)));
  });
  const read = async (path: string): Promise<unknown> => (await fetch(baseUrl + path)).json();
  return {
    baseUrl,
    async arm(failure, rest = {}) {
      const { ok } = await fetch(`${baseUrl}/script`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ failure, ...rest }),
      });
      if (!ok) throw new Error(`the failure ${failure} could not be armed`);
    },
    counts: async () => (await read('/health')) as { batches: number; entries: number },
    armed: async () => ((await read('/script')) as { armed: readonly unknown[] }).armed,
    stop() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}
