import { isRefusal } from '@sluice/money';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseEnvironment } from './index.ts';

const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres/, error: 'a postgres:// URL' }),
  PORT: z.coerce.number({ error: 'a port from 0 to 65535' }).int().max(65_535).default(0),
});

test('a complete environment is parsed, defaults included', () => {
  const config = parseEnvironment(schema, { DATABASE_URL: 'postgres://a@b/c', OTHER: 'x' });
  expect(config).toEqual({ DATABASE_URL: 'postgres://a@b/c', PORT: 0 });
});

test('a missing and a wrong value name the variable, what was read and what is expected', () => {
  const refusal = parseEnvironment(schema, { DATABASE_URL: '', PORT: 'many' });
  expect(isRefusal(refusal) && refusal).toMatchObject({
    code: 'CONFIG_INVALID',
    details: {
      faults: [
        'DATABASE_URL: read nothing, expected a postgres:// URL',
        'PORT: read "many", expected a port from 0 to 65535',
      ],
    },
  });
});

test('a password is never shown', () => {
  const refusal = parseEnvironment(schema, { DATABASE_URL: 'mysql://me:hush@host/db' });
  expect(JSON.stringify(refusal)).not.toContain('hush');
});
