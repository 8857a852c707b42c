import { describe, expect, it } from 'vitest';
import { checkExternalPostgres, maskPassword } from './external.ts';

describe('maskPassword', () => {
  it.each([
    ['postgres://me:secret@host:5432/db', 'postgres://me:***@host:5432/db'],
    ['postgres://me:s:e@c@host/db', 'postgres://me:***@host/db'],
    ['postgres://me@host/db?password=secret&x=1', 'postgres://me@host/db?password=***&x=1'],
    ['me:secret@host', 'me:***@host'],
    ['postgres://host/db', 'postgres://host/db'],
  ])('%s', (url, masked) => {
    expect(maskPassword(url)).toBe(masked);
  });
});

describe('checkExternalPostgres', () => {
  it.each([
    ['postgres://me:secret@127.0.0.1:1/sluice', 'DATABASE_UNREACHABLE'],
    ['mysql://me:secret@127.0.0.1/sluice', 'DATABASE_URL_MALFORMED'],
    ['127.0.0.1', 'DATABASE_URL_MALFORMED'],
  ])('refuses %s, naming variable, value and expectation', async (url, code) => {
    const failure = (await checkExternalPostgres(url).catch((error: unknown) => error)) as Error;
    expect(failure).toMatchObject({
      code,
      message: expect.stringContaining('DATABASE_URL'),
      hint: expect.stringContaining('postgres://USER:PASSWORD@HOST:PORT/DATABASE'),
    });
    expect(failure.message).toContain(maskPassword(url));
    expect(failure.message).not.toContain('secret');
  });
});
