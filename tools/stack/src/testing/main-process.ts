import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '../wait-until.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** `npm run stack` as a process of its own. */
export interface MainProcess {
  readonly pid: number;
  output(): string;
  /** Resolves once the output holds the text. */
  says(text: string): Promise<void>;
  /** Sends a signal and gives the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Gives the exit code when it ends by itself. */
  readonly ended: Promise<number | null>;
}

/** Starts it; `SLUICE_STATE_DIR` says where its state goes. */
export function runMain(args: readonly string[], env: NodeJS.ProcessEnv): MainProcess {
  const child = spawn(process.execPath, [main, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    async says(text) {
      const said = await waitUntil(() => output.includes(text) || child.exitCode !== null, 25_000);
      if (!said || !output.includes(text)) throw new Error(`"${text}" was never said:\n${output}`);
    },
    end(signal) {
      child.kill(signal);
      return ended;
    },
    ended,
  };
}
