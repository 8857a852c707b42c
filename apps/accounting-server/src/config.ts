import { z } from 'zod';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What the process reads from its environment. */
export interface Config {
  readonly port: number;
  readonly dataFile: string;
  readonly logLevel: LogLevel;
}

/** One line per variable that is wrong: its name, what was read, what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const expected = {
  PORT: 'a whole number from 0 (any free port) to 65535',
  DATA: 'the path of the SQLite file with its books',
  LOG_LEVEL: `one of ${logLevels.join(', ')}`,
} as const;

const schema = z.object({
  PORT: z
    .string()
    .regex(/^[0-9]{1,5}$/)
    .transform((text) => Number.parseInt(text, 10))
    .refine((port) => port <= 65_535)
    .default(0),
  DATA: z.string().min(1),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

/**
 * Reads and parses the environment: that of the process, when no other is given.
 *
 * @throws ConfigError naming every variable that is wrong or missing.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const parsed = schema.safeParse(env);
  if (parsed.success) {
    const { PORT, DATA, LOG_LEVEL } = parsed.data;
    return { port: PORT, dataFile: DATA, logLevel: LOG_LEVEL };
  }
  const names = new Set(parsed.error.issues.map(({ path }) => path[0] as keyof typeof expected));
  const lines = [...names].map((name) => {
    const read = env[name] === undefined ? 'is not set' : `is "${env[name]}"`;
    return `${name} ${read}: expected ${expected[name]}`;
  });
  throw new ConfigError(lines.join('\n'));
}
