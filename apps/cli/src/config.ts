import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnvironment } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const folder = (byDefault: string) =>
  z
    .string()
    .default(byDefault)
    .transform((path) => resolve(path));

/** Everything that the command line is told by the environment; this file alone says what. */
export const cliConfig = z.object({
  /** Where data, logs and the state files are kept. A relative path counts from here and now. */
  SLUICE_STATE_DIR: folder(`${root}.sluice`),
  /** Rules, tariffs and booking rules. */
  SLUICE_CONFIG_DIR: folder(`${root}config`),
  SLUICE_TASK_QUEUE: z.string().default('sluice'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      error: 'trace, debug, info, warn, error or silent',
    })
    .default('info'),
  /** How often the ledger is sealed and holds that ran out are freed. */
  SLUICE_UPKEEP_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, { error: 'a whole number of seconds from 1 to 86400' })
    .default('30')
    .transform((text) => Math.min(Number.parseInt(text, 10), 86_400)),
  /** Only `generated` means something: data that looks like the real one. */
  SLUICE_DATASET: z
    .literal('generated', { error: '"generated", or nothing for the real data' })
    .optional(),
});

/** Environment variables, as they are passed on to servers and programs. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command knows from outside. */
export interface CliConfig extends z.output<typeof cliConfig> {
  /** The environment as a whole: the stack, the data set and our programs read their part. */
  readonly env: Environment;
  /** Where whoever calls stands: file names on the command line count from there. */
  readonly callerDir: string;
  /** Show every business step on the terminal. */
  readonly verbose: boolean;
}

/** Parses the environment; `CONFIG_INVALID` names each variable that is wrong. */
export function readConfig(env: Environment = process.env): CliConfig | Refusal {
  const parsed = parseEnvironment(cliConfig, env);
  if (isRefusal(parsed)) return parsed;
  return { ...parsed, env, callerDir: callerDirOf(env), verbose: false };
}

/** npm runs its scripts in the folder of the package; the folder it was called in, it tells. */
function callerDirOf(env: Environment): string {
  const byNpm = env['npm_lifecycle_event'] !== undefined;
  return (byNpm ? env['INIT_CWD'] : undefined) ?? process.cwd();
}

/** Where the programs that the command line starts are found. */
export const programs = {
  worker: `${root}apps/worker/src/main.ts`,
  sandboxBank: `${root}apps/sandbox-bank/src/main.ts`,
  accountingServer: `${root}apps/accounting-server/src/main.ts`,
} as const;

/** The folder of the logs of all programs and servers. */
export function logDir({ SLUICE_STATE_DIR }: Pick<CliConfig, 'SLUICE_STATE_DIR'>): string {
  return resolve(SLUICE_STATE_DIR, 'logs');
}
