import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import pg from 'pg';
import { findProcess } from './process-table.ts';
import { emptyState, writeState } from './state-file.ts';
import { tempDir } from './testing/temp-dir.ts';
import { startTestServers, sweepAbandoned } from './test-servers.ts';

it('gives a PostgreSQL in which tests may make databases, never that of DATABASE_URL', async () => {
  const named = { ...process.env, DATABASE_URL: 'postgres://somebody:secret@127.0.0.1:1/precious' };
  const servers = await startTestServers(['postgres'], named);
  try {
    expect(Object.keys(servers.env)).toEqual(['SLUICE_TEST_DATABASE_URL']);
    const client = new pg.Client({ connectionString: servers.env['SLUICE_TEST_DATABASE_URL'] });
    await client.connect();
    await client.query('create database made_by_a_test');
    await client.end();
  } finally {
    await servers.stop();
  }
});

it('sweeps away what killed runs left, and nothing that is in use', async () => {
  const folder = tempDir();
  const owners = {
    'sluice-test-dead': { pid: 999_999_999, started: 'long ago' },
    'sluice-test-live': findProcess(process.pid),
    'sluice-test-new': null,
    'sluice-test-old': null,
    'other-dead': { pid: 999_999_999, started: 'long ago' },
  };
  for (const [name, owner] of Object.entries(owners)) {
    mkdirSync(join(folder, name));
    writeState(join(folder, name), { ...emptyState, owner });
  }
  const now = new Date();
  const longAgo = new Date(now.getTime() - 24 * 3_600_000);
  utimesSync(join(folder, 'sluice-test-old'), longAgo, longAgo);
  await sweepAbandoned(folder, now);
  expect(Object.keys(owners).filter((name) => existsSync(join(folder, name)))).toEqual([
    'sluice-test-live',
    'sluice-test-new',
    'other-dead',
  ]);
});
