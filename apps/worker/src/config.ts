import { resolve } from 'node:path';
import { parseEnvironment } from '@sluice/database';
import type { Refusal } from '@sluice/money';
import { z } from 'zod';

const maxActivitiesText = 'how many activities may run at once, 1 to 500';

/**
 * Everything that the worker is told from outside; this file alone reads the environment. Where
 * Temporal is, `TEMPORAL_ADDRESS` and its kin say, as Temporal documents them.
 */
export const workerConfig = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'postgres://user:password@host/name' }),
  SANDBOX_BANK_URL: z.url({ protocol: /^https?$/, error: "the sandbox bank's http:// address" }),
  /** Without it, bookings wait in the database until a worker has one. */
  ACCOUNTING_SERVER_URL: z
    .url({ protocol: /^https?$/, error: "the accounting server's http:// address, or nothing" })
    .optional(),
  SLUICE_CONFIG_DIR: z
    .string({ error: 'the folder of rules and booking rules' })
    .transform((path) => resolve(path)),
  SLUICE_TASK_QUEUE: z.string().default('sluice'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      error: 'trace, debug, info, warn, error or silent',
    })
    .default('info'),
  MAX_ACTIVITIES: z
    .string()
    .regex(/^\d{1,3}$/, { error: maxActivitiesText })
    .transform((text) => Number.parseInt(text, 10))
    .refine((count) => count >= 1 && count <= 500, { error: maxActivitiesText })
    .default(16),
});

export type WorkerConfig = z.output<typeof workerConfig>;

/** Parses the environment; `CONFIG_INVALID` names each variable that is wrong. */
export function readWorkerConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): WorkerConfig | Refusal {
  return parseEnvironment(workerConfig, env);
}
