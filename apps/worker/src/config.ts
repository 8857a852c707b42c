import { z } from 'zod';

/** Everything that the worker is told from outside; this file alone reads the environment. */
export const workerConfig = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'postgres://user:password@host/name' }),
  SANDBOX_BANK_URL: z.url({ protocol: /^https?$/, error: "the sandbox bank's http:// address" }),
  SLUICE_CONFIG_DIR: z.string({ error: 'the folder of rules and booking rules' }),
  SLUICE_TASK_QUEUE: z.string().default('sluice'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      error: 'trace, debug, info, warn, error or silent',
    })
    .default('info'),
  MAX_ACTIVITIES: z.coerce
    .number({ error: 'how many activities may run at once, 1 to 500' })
    .int()
    .min(1)
    .max(500)
    .default(16),
});

export type WorkerConfig = z.output<typeof workerConfig>;
