import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Everything that the command line is told by the environment; this file alone says what. */
export const cliConfig = z.object({
  /** Where data, logs and the state file are kept. */
  SLUICE_STATE_DIR: z.string().default(`${root}.sluice`),
  /** Rules, tariffs and booking rules. */
  SLUICE_CONFIG_DIR: z.string().default(`${root}config`),
  SLUICE_TASK_QUEUE: z.string().default('sluice'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      error: 'trace, debug, info, warn, error or silent',
    })
    .default('info'),
});

export type CliConfig = z.output<typeof cliConfig>;

/** Where the programs that the command line starts are found. */
export const programs = {
  worker: `${root}apps/worker/src/main.ts`,
  sandboxBank: `${root}apps/sandbox-bank/src/main.ts`,
} as const;
