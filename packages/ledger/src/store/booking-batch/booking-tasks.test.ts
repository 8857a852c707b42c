import { setTimeout as delay } from 'node:timers/promises';
import { sqlState, withTransaction, type Tx } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal } from '@sluice/money';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TriggerSettings } from '../../domain/booking-batch/booking-triggers.ts';
import type { BookingTriggers } from '../../domain/booking-batch/parse-booking-triggers.ts';
import { bookingEntry } from '../../testing/sample-bookings.ts';
import { ledgerMigrations } from '../migrations.ts';
import {
  beginSending,
  listBookingTasks,
  readBookingTask,
  readRuleProgress,
  readTaskEntries,
  recordServerAnswer,
  sendRefusedAgain,
} from './booking-tasks.ts';
import { closeDueTask, readOpenTask } from './close-due-task.ts';
import { gatherEntries } from './gather-entries.ts';

const hour = 3_600_000;
let db: FreshDatabase;
let runs = 0;
/** Each test has a rule of its own. */
let rule: { readonly institution: string; readonly rule: string };

beforeAll(async () => void (db = await freshDatabase(ledgerMigrations)));
afterAll(() => db.drop());
beforeEach(() => {
  runs += 1;
  rule = { institution: 'corner', rule: `rule-${runs}` };
});

const bySettings = (settings: Partial<TriggerSettings> = {}): BookingTriggers => ({
  of: () => ({ periodMs: hour, maxAccounts: null, maxEntries: null, ...settings }),
});

let keys = 0;
function entries(
  count: number,
  change: Parameters<typeof bookingEntry>[1] = {},
): readonly ReturnType<typeof bookingEntry>[] {
  return Array.from({ length: count }, () => {
    keys += 1;
    return bookingEntry(`key-${keys}`, { ...rule, ...change });
  });
}

function gather(
  given: readonly ReturnType<typeof bookingEntry>[],
  settings: Partial<TriggerSettings> = {},
): Promise<unknown> {
  return withTransaction(db.app, (tx) => gatherEntries(tx, bySettings(settings), given));
}
const close = (): Promise<unknown> => withTransaction(db.app, (tx) => closeDueTask(tx, rule));
const begin = (key: string): Promise<unknown> =>
  withTransaction(db.app, (tx) => beginSending(tx, key));
const answer = (key: string, said: Parameters<typeof recordServerAnswer>[2]): Promise<void> =>
  withTransaction(db.app, (tx) => recordServerAnswer(tx, key, said));
const accepted = { kind: 'accepted', receipt: 'ACC-1' } as const;
const refused = { kind: 'refused', code: 'PERIOD_CLOSED', message: 'too late' } as const;

async function closedKey(): Promise<string> {
  await gather(entries(1), { maxEntries: 1 });
  await close();
  const { next } = await readRuleProgress(db.app, rule);
  return next ?? '';
}

describe('gathering', () => {
  test('entries of one rule share its open task, whichever transaction brings them', async () => {
    await gather(entries(2));
    await gather(entries(3, { creditAccount: 'c' }));
    expect(await readOpenTask(db.app, rule)).toMatchObject({
      ...{ entries: 5, accounts: 3 },
      settings: { periodMs: hour, maxAccounts: null, maxEntries: null },
      due: { kind: 'not-due' },
    });
  });

  test('what rolls back is not gathered, nor is its task opened', async () => {
    const failing = withTransaction(db.app, async (tx) => {
      await gatherEntries(tx, bySettings(), entries(2));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await readOpenTask(db.app, rule)).toBeNull();
  });

  test('rules are gathered apart, and those without triggers not at all', async () => {
    const { institution } = rule;
    const other = { institution, rule: `${rule.rule}-other` };
    const unsent = { institution, rule: `${rule.rule}-unsent` };
    const triggers: BookingTriggers = {
      of: (_, name) => (name === unsent.rule ? null : bySettings().of('', '')),
    };
    const given = [...entries(2), ...entries(1, other), ...entries(4, unsent)];
    const touched = await withTransaction(db.app, (tx) => gatherEntries(tx, triggers, given));
    expect(touched).toEqual([rule, other]);
    expect(await readOpenTask(db.app, rule)).toMatchObject({ entries: 2 });
    expect(await readOpenTask(db.app, other)).toMatchObject({ entries: 1 });
    expect(await readOpenTask(db.app, unsent)).toBeNull();
  });

  test('an entry that was gathered before is a fault, and nothing of it stays', async () => {
    const given = entries(2);
    await gather(given.slice(0, 1));
    const error: unknown = await gather(given).catch((reason: unknown) => reason);
    expect(sqlState(error)).toBe('23505');
    expect(await readOpenTask(db.app, rule)).toMatchObject({ entries: 1 });
  });

  test.each([
    [1, 2],
    [500, 2],
  ])('%i entries take %i round trips once the task is open', async (count, trips) => {
    await gather(entries(1));
    await withTransaction(db.app, async (tx) => {
      let statements = 0;
      const counting = {
        ...tx,
        query: (sql: string, values: readonly unknown[]) => {
          statements += 1;
          return tx.query(sql, values);
        },
      } as unknown as Tx;
      await gatherEntries(counting, bySettings(), entries(count));
      expect(statements).toBe(trips);
    });
  });
});

describe('closing', () => {
  test.each<[Partial<TriggerSettings>, number, string]>([
    [{ maxEntries: 3 }, 3, 'entries'],
    [{ maxAccounts: 2 }, 1, 'accounts'],
    [{ maxEntries: 1, maxAccounts: 1 }, 1, 'accounts'],
  ])('%j with %i entries closes by %s, which is recorded', async (settings, count, trigger) => {
    await gather(entries(count), settings);
    expect(await close()).toBe(trigger);
    expect(await close()).toBeNull();
    const [task] = await listBookingTasks(db.app, { state: 'closed', limit: 10, rule });
    expect(task).toMatchObject({ trigger, entries: count, accounts: 2, attempts: 0 });
  });

  test('the period counts from the first entry, by the clock of the database', async () => {
    await gather(entries(1), { periodMs: 60 });
    expect(await readOpenTask(db.app, rule)).toMatchObject({ settings: { periodMs: 60 } });
    await expect.poll(close, { timeout: 5_000, interval: 5 }).toBe('period');
  });

  test('what is not due stays open, and so does nothing', async () => {
    expect(await close()).toBeNull();
    await gather(entries(2), { maxEntries: 3, maxAccounts: 3 });
    expect(await close()).toBeNull();
    expect(await readOpenTask(db.app, rule)).toMatchObject({ entries: 2 });
  });

  test('it waits for those that are putting entries in, and nothing comes after', async () => {
    await gather(entries(3), { maxEntries: 3 });
    let closing: Promise<unknown> | undefined;
    await withTransaction(db.app, async (tx) => {
      await gatherEntries(tx, bySettings(), entries(2));
      closing = close();
      await untilSomebodyWaits();
    });
    expect(await closing).toBe('entries');
    await gather(entries(1));
    const [task] = await listBookingTasks(db.app, { state: 'closed', limit: 10, rule });
    expect(task?.entries).toBe(5);
    expect(await readTaskEntries(db.app, task!)).toHaveLength(5);
    expect(await readOpenTask(db.app, rule)).toMatchObject({ entries: 1 });
  });

  test('gatherers do not wait for one another', async () => {
    await gather(entries(1));
    await withTransaction(db.app, async (tx) => {
      await gatherEntries(tx, bySettings(), entries(1));
      await gather(entries(1));
    });
    expect(await readOpenTask(db.app, rule)).toMatchObject({ entries: 3 });
  });

  test('eight gather while two close: every entry is in exactly one task', async () => {
    let gathering = true;
    const closers = [1, 2].map(async () => {
      while (gathering) {
        await close();
        await delay(1);
      }
    });
    const gatherers = Array.from({ length: 8 }, async (_, one) => {
      for (let round = 0; round < 25; round += 1) {
        await gather(entries(1 + ((one + round) % 4)), { maxEntries: 7 });
      }
    });
    const total = Array.from({ length: 8 }, (_, one) =>
      Array.from({ length: 25 }, (__, round) => 1 + ((one + round) % 4)),
    )
      .flat()
      .reduce((sum, count) => sum + count, 0);
    await Promise.all(gatherers);
    gathering = false;
    await Promise.all(closers);
    const tasks = await listBookingTasks(db.app, { state: 'closed', limit: 1_000, rule });
    expect(tasks.length).toBeGreaterThan(10);
    const found: string[] = [];
    for (const task of tasks) {
      const own = await readTaskEntries(db.app, task);
      expect(own).toHaveLength(task.entries);
      expect(task.entries).toBeGreaterThanOrEqual(7);
      found.push(...own.map(({ key }) => key));
    }
    const open = await readOpenTask(db.app, rule);
    expect(found.length + (open?.entries ?? 0)).toBe(total);
    expect(new Set(found).size).toBe(found.length);
  });
});

describe('sending', () => {
  test('the entries of a task come as they were gathered, in a stable order', async () => {
    const given = entries(3, { bookedOn: '2017-07-02' });
    await gather(given, { maxEntries: 1 });
    await close();
    const [task] = await listBookingTasks(db.app, { state: 'closed', limit: 1, rule });
    const read = await readTaskEntries(db.app, task!);
    expect(read).toEqual(given.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
    expect(await readTaskEntries(db.app, task!)).toEqual(read);
  });

  test('an attempt is noted before it, and the first clear answer stands', async () => {
    const key = await closedKey();
    expect(await begin(key)).toMatchObject({ state: 'closed', attempts: 0 });
    expect(await begin(key)).toMatchObject({ state: 'sending', attempts: 1 });
    await answer(key, accepted);
    await answer(key, refused);
    const task = expectAnswer(await readBookingTask(db.app, key));
    expect(task).toMatchObject({ state: 'sent', attempts: 2, receipt: 'ACC-1', refusal: null });
    expect(await begin(key)).toMatchObject({ state: 'sent', attempts: 2 });
    expect(await readRuleProgress(db.app, rule)).toEqual({ unsent: 0, refused: 0, next: null });
  });

  test('a refusal parks the task with its reason until somebody takes it up again', async () => {
    const key = await closedKey();
    await begin(key);
    await answer(key, refused);
    expect(expectAnswer(await readBookingTask(db.app, key))).toMatchObject({
      ...{ state: 'refused', refusal: { code: 'PERIOD_CLOSED', message: 'too late' } },
    });
    expect(await readRuleProgress(db.app, rule)).toEqual({ unsent: 0, refused: 1, next: null });
    expect(await withTransaction(db.app, (tx) => sendRefusedAgain(tx, rule))).toBe(1);
    expect(await readRuleProgress(db.app, rule)).toEqual({ unsent: 1, refused: 0, next: key });
    expect(await begin(key)).toMatchObject({ state: 'sending', attempts: 1, refusal: null });
  });

  test('an answer to what was never handed over changes nothing', async () => {
    const key = await closedKey();
    await answer(key, accepted);
    expect(expectAnswer(await readBookingTask(db.app, key))).toMatchObject({ state: 'closed' });
  });

  test('a key that is not there, or still gathers, is unknown', async () => {
    const nobody = '00000000-0000-8000-8000-000000000000';
    const found = await readBookingTask(db.app, nobody);
    expect(isRefusal(found) && found.code).toBe('BOOKING_TASK_UNKNOWN');
    await gather(entries(1));
    const [open] = await db.owner.query<{ key: string }>(
      'select key from ledger.booking_task where rule = $1',
      [rule.rule],
    );
    expect(await begin(open!.key)).toMatchObject({ code: 'BOOKING_TASK_UNKNOWN' });
  });

  test('the oldest is next', async () => {
    const first = await closedKey();
    await closedKey();
    expect(await readRuleProgress(db.app, rule)).toMatchObject({ unsent: 2, next: first });
  });
});

test.each([
  'update ledger.booking_task_entry set amount_minor = 1',
  'update ledger.booking_task_entry set task_id = 1',
  'delete from ledger.booking_task_entry',
  'delete from ledger.booking_task',
  'update ledger.booking_task set key = gen_random_uuid()',
  `update ledger.booking_task set opened_at = 'now'`,
  'truncate ledger.booking_task_entry',
])('the app may not: %s', async (sql) => {
  const error: unknown = await db.app.query(sql).catch((reason: unknown) => reason);
  expect(sqlState(error)).toBe('42501');
});

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const rows = await db.owner.query(
      `select from pg_locks where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    if (rows.length > 0) return;
    await delay(2);
  }
}
