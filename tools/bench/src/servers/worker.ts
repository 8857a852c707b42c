import { fileURLToPath } from 'node:url';
import type { BenchContext } from '../frame/bench.ts';
import { startProgram } from './child-program.ts';

/** Rules, tariffs and booking rules: those of the main job. */
export const configDir = fileURLToPath(new URL('../../../../config', import.meta.url));

const keptLines = 20;

/** Starts a worker as a process of its own, and waits until it takes work. */
export async function startWorker(
  { stack, env, defer }: BenchContext,
  options: { readonly databaseUrl: string; readonly taskQueue: string },
): Promise<void> {
  const ready = Promise.withResolvers<undefined>();
  const said: string[] = [];
  const worker = startProgram({
    script: 'apps/worker/src/main.ts',
    args: [],
    env: {
      ...env,
      DATABASE_URL: options.databaseUrl,
      TEMPORAL_ADDRESS: stack.temporalAddress,
      TEMPORAL_NAMESPACE: stack.temporalNamespace,
      // The bulk lane calls no bank.
      SANDBOX_BANK_URL: 'http://127.0.0.1:9',
      SLUICE_CONFIG_DIR: configDir,
      SLUICE_TASK_QUEUE: options.taskQueue,
      LOG_LEVEL: 'info',
    },
    onLine(line) {
      said.push(line);
      if (said.length > keptLines) said.shift();
      if (line.includes('worker is ready')) ready.resolve(undefined);
    },
  });
  defer(() => worker.stop());
  const lost = worker.ended.then(({ code }) => {
    throw new Error(`the worker ended with ${code}:\n${said.join('\n')}`);
  });
  lost.catch(() => undefined); // Once it is ready, nobody waits for its end.
  await Promise.race([ready.promise, lost]);
}
