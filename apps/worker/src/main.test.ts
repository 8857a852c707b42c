import { fileURLToPath } from 'node:url';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorker, type WorkerEnd } from './testing/worker-process.ts';

/** Nobody listens there. */
const nowhere = '127.0.0.1:1';
let migrated: FreshDatabase;
let empty: FreshDatabase;

beforeAll(async () => {
  [migrated, empty] = await Promise.all([freshDatabase(), freshDatabase()]);
  // Which tables there are is not the worker's to know: one of them says that it was migrated.
  await migrated.owner.query('create schema pool');
  await migrated.owner.query('create table pool.pool (id text primary key)');
  await migrated.owner.query('grant usage on schema pool to sluice_app');
});
afterAll(() => Promise.all([migrated.drop(), empty.drop()]));

function environment(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    DATABASE_URL: migrated.url,
    SANDBOX_BANK_URL: `http://${nowhere}`,
    SLUICE_CONFIG_DIR: fileURLToPath(new URL('../../../config', import.meta.url)),
    SLUICE_TASK_QUEUE: 'worker-main-test',
    TEMPORAL_ADDRESS: process.env['SLUICE_TEST_TEMPORAL_ADDRESS'] ?? nowhere,
    ...changes,
  };
}

function endOf(changes: Readonly<Record<string, string>>): Promise<WorkerEnd> {
  return startWorker(environment(changes)).ended;
}

describe.concurrent('the worker', () => {
  test('says what it needs by --help, and what is wrong with an unknown option', async () => {
    const help = await startWorker({}, ['--help']).ended;
    expect(help).toMatchObject({ code: 0, errors: '' });
    expect(help.output).toContain('DATABASE_URL');
    const wrong = await startWorker({}, ['--fast']).ended;
    expect(wrong).toMatchObject({ code: 2, output: '' });
    expect(wrong.errors).toContain("worker: Unknown option '--fast'");
  });

  test('ends with 2 for a wrong configuration, naming every variable', async () => {
    const { code, errors } = await startWorker({ MAX_ACTIVITIES: 'many' }).ended;
    expect(code).toBe(2);
    expect(errors).toMatch(/^worker: CONFIG_INVALID: .*DATABASE_URL.*SLUICE_CONFIG_DIR.*MAX_ACT/);
  });

  test('ends with 2 for a folder without rules', async () => {
    const { code, errors } = await endOf({ SLUICE_CONFIG_DIR: 'no-such-folder' });
    expect(code).toBe(2);
    expect(errors).toMatch(/^worker: CONFIG_DIR_UNUSABLE: .*no-such-folder.*SLUICE_CONFIG_DIR/);
  });

  test('ends with 1 when no database answers, and never shows the password', async () => {
    const end = await endOf({ DATABASE_URL: `postgres://me:hush@${nowhere}/sluice` });
    expect(end.code).toBe(1);
    expect(end.errors).toMatch(/^worker: DATABASE_UNREACHABLE: .*me:\*\*\*@127\.0\.0\.1:1/);
    expect(end.errors + end.output).not.toContain('hush');
  });

  test('ends with 1 on a database without our tables, and says how to get them', async () => {
    const { code, errors } = await endOf({ DATABASE_URL: empty.url });
    expect(code).toBe(1);
    expect(errors).toMatch(/^worker: DATABASE_NOT_MIGRATED: .*npm run sluice -- check/);
  });

  test('ends with 1 when no Temporal answers, naming the address', async () => {
    const { code, errors } = await endOf({ TEMPORAL_ADDRESS: nowhere });
    expect(code).toBe(1);
    expect(errors).toMatch(/^worker: TEMPORAL_UNREACHABLE: .*127\.0\.0\.1:1 \(.*refused\)/i);
  });

  test('ends with 1 when Temporal has no such namespace', async () => {
    const { code, errors } = await endOf({ TEMPORAL_NAMESPACE: 'nobodys' });
    expect(code).toBe(1);
    expect(errors).toMatch(/^worker: TEMPORAL_NAMESPACE_UNKNOWN: .*"nobodys"/);
  });

  test('says that it is ready, and ends with 0 on SIGTERM', async () => {
    const worker = startWorker(environment());
    await worker.until('worker is ready');
    worker.kill('SIGTERM');
    const { code, output, errors } = await worker.ended;
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const lines = output.trim().split('\n');
    const said = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(said).toEqual([
      'worker is ready',
      'worker is stopping: what runs is let finish',
      'worker has stopped',
    ]);
  });

  test('ends with 0 as well when SIGTERM comes while it starts', async () => {
    const worker = startWorker(environment({ LOG_LEVEL: 'debug' }));
    // The SDK's first word: from then on our handlers are there, and the worker is not yet.
    await worker.until('"level":20');
    worker.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0, errors: '' });
  });
});
