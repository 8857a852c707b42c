import { openDatabase } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tryLock } from './database-lock.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

test('one process has a lock at a time, and the next one when it is released', async () => {
  const held = await tryLock(db.app, 'job');
  expect(held).not.toBeNull();
  expect(await tryLock(db.owner, 'job')).toBeNull();
  const other = await tryLock(db.owner, 'session');
  expect(other).not.toBeNull();
  await held?.release();
  await other?.release();
  await vi.waitFor(async () => {
    const next = await tryLock(db.owner, 'job');
    expect(next).not.toBeNull();
    await next?.release();
  });
});

test('of many that ask at once, one gets it', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => tryLock(db.app, 'race')));
  expect(answers.filter((lock) => lock !== null)).toHaveLength(1);
  for (const lock of answers) await lock?.release();
});

test('a holder that goes away leaves no lock behind', async () => {
  const passing = openDatabase({ url: db.url, applicationName: 'passing' });
  const held = await tryLock(passing, 'left');
  expect(held).not.toBeNull();
  await db.owner.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'passing'",
  );
  await vi.waitFor(async () => {
    const next = await tryLock(db.app, 'left');
    expect(next).not.toBeNull();
    await next?.release();
  });
  await held?.release();
  await passing.close();
});
