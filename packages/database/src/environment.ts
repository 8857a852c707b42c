import { refuse, type Refusal } from '@sluice/money';
import type { z } from 'zod';

const secretName = /(SECRET|PASSWORD|TOKEN|KEY)/;

/** A value as an error may show it: without the password of a URL, without secrets. */
function shown(name: string, value: string | undefined): string {
  if (value === undefined) return 'nothing';
  if (secretName.test(name)) return 'a secret that is not shown';
  return `"${value.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:***@')}"`;
}

/**
 * Parses environment variables by an app's schema; empty text counts as not set.
 *
 * @returns the configuration, or the refusal `CONFIG_INVALID` that names each variable, what was
 *   read and what is expected.
 */
export function parseEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> | Refusal {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = path.map(String).join('.');
    return `${name}: read ${shown(name, set[name])}, expected ${message}`;
  });
  return refuse('CONFIG_INVALID', `wrong configuration: ${faults.join('; ')}`, { faults });
}
