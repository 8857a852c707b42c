import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer } from '@sluice/money';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountingBooks, BookedEntry } from '../../accounting/accounting-server.ts';
import { sumBookings } from '../../domain/booking-batch/sum-bookings.ts';
import { booking } from '../../testing/sample-bookings.ts';
import { account, transfer } from '../../testing/samples.ts';
import { openAccounts } from '../accounts.ts';
import { ledgerMigrations } from '../migrations.ts';
import { postTransfers } from '../post-transfers.ts';
import { beginSending, listBookingTasks, recordServerAnswer } from './booking-tasks.ts';
import { checkBookingBatches } from './check-booking-batches.ts';
import { closeDueTask } from './close-due-task.ts';
import {
  countBookingBatches,
  listUnsentBatches,
  traceBookings,
} from './describe-booking-batches.ts';
import { gatherEntries } from './gather-entries.ts';
import { readAccountingBatch } from './read-accounting-batch.ts';
import { reconcileAccounting } from './reconcile-accounting.ts';

const rule = { institution: 'corner', rule: 'subsidy.coupon' };
const triggers = { of: () => ({ periodMs: 3_600_000, maxAccounts: null, maxEntries: 1 }) };
let db: FreshDatabase;

beforeEach(async () => {
  db = await freshDatabase(ledgerMigrations);
  await withTransaction(db.app, async (tx) => {
    for (const opened of await openAccounts(tx, [account('a'), account('b'), account('c')])) {
      expectAnswer(opened);
    }
  });
});
afterEach(() => db.drop());

/** Posts transfers of 0.05 from a to b, and gathers them as one entry. */
async function book(...keys: readonly string[]): Promise<void> {
  await withTransaction(db.app, async (tx) => {
    await postTransfers(
      tx,
      keys.map((key) => transfer(key)),
    );
    await gatherEntries(tx, triggers, sumBookings(keys.map((key) => booking(key))));
  });
}

async function sendAll(): Promise<void> {
  await withTransaction(db.app, (tx) => closeDueTask(tx, rule));
  for (const { key } of await listBookingTasks(db.app, { state: 'closed', limit: 10 })) {
    await withTransaction(db.app, async (tx) => {
      await beginSending(tx, key);
      await recordServerAnswer(tx, key, { kind: 'accepted', receipt: `ACC-${key}` });
    });
  }
}

const broken = async (marginMs?: number): Promise<readonly string[]> =>
  (await checkBookingBatches(db.app, marginMs === undefined ? {} : { marginMs })).violations;

describe('what is well', () => {
  test('gathered, closed and sent, nothing is broken at any time', async () => {
    expect(await checkBookingBatches(db.app)).toMatchObject({ checked: 0, violations: [] });
    await book('1', '2', '3');
    expect(await checkBookingBatches(db.app)).toMatchObject({ checked: 1, violations: [] });
    await sendAll();
    expect(await broken()).toEqual([]);
    await book('4');
    expect(await broken()).toEqual([]);
    expect(await countBookingBatches(db.app)).toEqual([
      { ...rule, state: 'gathering', trigger: null, tasks: 1, entries: 1, transfers: 1 },
      { ...rule, state: 'sent', trigger: 'entries', tasks: 1, entries: 1, transfers: 3 },
    ]);
    expect(await listUnsentBatches(db.app)).toHaveLength(1);
  });

  test('what was booked before its rule was gathered is not asked for', async () => {
    await withTransaction(db.app, (tx) => postTransfers(tx, [transfer('early')]));
    await book('1');
    expect(await broken()).toEqual([]);
  });

  test('a booking leads to its batch', async () => {
    await book('1', '2');
    await sendAll();
    const [entry] = sumBookings([booking('1'), booking('2')]);
    expect(await traceBookings(db.app, '2')).toEqual([
      {
        ...{ transferId: booking('2').transferId, entry: entry?.key, state: 'sent' },
        ...{ batch: expect.any(String), receipt: expect.stringMatching(/^ACC-/) },
      },
    ]);
  });
});

describe('what is broken is told', () => {
  test.each([
    ['an entry without a task', 'update ledger.booking_task_entry set task_id = 99', /task 99/],
    [
      'another number of entries than it was closed with',
      'update ledger.booking_task set entry_count = 2',
      /says it has 2 entries on 2 accounts, and has 1 on 2/,
    ],
    [
      'a trigger that did not hold',
      'update ledger.booking_task set max_entries = 7',
      /was closed by its entries, which was not due/,
    ],
    [
      'another amount than its transfers',
      'update ledger.booking_task_entry set amount_minor = 9',
      /is of 9, its transfers moved 10/,
    ],
    [
      'another account than its transfers',
      `update ledger.booking_task_entry set credit_account = 'c'`,
      /which the ledger does not have so/,
    ],
    [
      'a transfer that is not in the ledger',
      `update ledger.booking_task_entry set transfer_ids = transfer_ids || gen_random_uuid()`,
      /which the ledger does not have so/,
    ],
    [
      'a transfer that is gathered twice',
      'update ledger.booking_task_entry set transfer_ids = transfer_ids || transfer_ids',
      /is in 2 entries/,
    ],
    [
      'a booking that was not gathered',
      `update ledger.booking_task_entry
       set transfer_ids = transfer_ids[1:1], amount_minor = 5;
       update ledger.booking_task set opened_at = opened_at - interval '1 minute'`,
      /transfer .* of subsidy.coupon for 2 is booked, and in no entry/,
    ],
    [
      'a refusal',
      `update ledger.booking_task
       set state = 'refused', receipt = null, refusal_code = 'NO', refusal_message = 'never'`,
      /was refused by the accounting server: NO: never/,
    ],
    [
      'a batch that is not sent',
      `update ledger.booking_task
       set state = 'closed', receipt = null, attempts = 0,
         opened_at = opened_at - interval '1 day', closed_at = closed_at - interval '1 day'`,
      /is not sent after 0 attempt/,
    ],
  ])('%s', async (_, sql, words) => {
    await book('1', '2');
    await sendAll();
    for (const statement of sql.split(';')) await db.owner.query(statement);
    expect((await broken()).join('\n')).toMatch(words);
  });

  test('a task that gathers for longer than its period and a margin', async () => {
    await book('1');
    await db.owner.query(
      `update ledger.booking_task set opened_at = opened_at - interval '61 minutes'`,
    );
    expect(await broken(120_000)).toEqual([]);
    expect((await broken(30_000)).join()).toMatch(/gathers since .* was due 3600000 ms later/);
  });
});

describe('the books of the server', () => {
  async function sent(): Promise<readonly BookedEntry[]> {
    await book('1', '2');
    await sendAll();
    await book('3');
    await sendAll();
    const tasks = await listBookingTasks(db.app, { state: 'sent', limit: 10 });
    const entries = await Promise.all(
      tasks.map(async (task) =>
        (await readAccountingBatch(db.app, task)).entries.map((entry) => ({
          ...entry,
          batch: task.key,
        })),
      ),
    );
    return entries.flat();
  }

  function booksOf(entries: readonly BookedEntry[]): AccountingBooks {
    return {
      async *entries() {
        for (const entry of entries) yield await Promise.resolve([entry]);
      },
      balances: () => Promise.resolve([]),
    };
  }

  test('are ours', async () => {
    const entries = await sent();
    expect(await reconcileAccounting(db.app, booksOf(entries))).toMatchObject({
      ...{ id: 'I11', checked: 2, violations: [] },
    });
  });

  test.each<[string, (entries: readonly BookedEntry[]) => readonly BookedEntry[], RegExp]>([
    ['lack an entry', (entries) => entries.slice(1), /2 entries were sent, 1 of them/],
    ['have one twice', (entries) => [...entries, entries[0]!], /booked there twice/],
    ['have one of no key of ours', (all) => [...all, { ...all[0]!, key: 'x' }], /never gathered/],
    ['have one in another batch', ([a, b]) => [{ ...a!, batch: b!.batch }, b!], /with batch/],
    ['have another account', ([a, b]) => [{ ...a!, credit: 'c' }, b!], /are not those/],
    ['have another day', ([a, b]) => [{ ...a!, bookedOn: '2017-07-09' }, b!], /are not those/],
    [
      'have another amount',
      ([a, b]) => [{ ...a!, amount: { amount: '0.11', currency: 'USD' } }, b!],
      /are not those/,
    ],
    [
      'have an amount that is none',
      ([a, b]) => [{ ...a!, amount: { amount: 'much', currency: 'USD' } }, b!],
      /are not those/,
    ],
  ])('%s: that is told', async (_, change, words) => {
    const entries = await sent();
    const { violations } = await reconcileAccounting(db.app, booksOf(change(entries)));
    expect(violations.join('\n')).toMatch(words);
  });

  test('may have what is on its way, and lack what is not sent', async () => {
    await book('1');
    await withTransaction(db.app, (tx) => closeDueTask(tx, rule));
    const [task] = await listBookingTasks(db.app, { state: 'closed', limit: 1 });
    const entries = (await readAccountingBatch(db.app, task!)).entries.map((entry) => ({
      ...entry,
      batch: task!.key,
    }));
    for (const there of [entries, []]) {
      const { violations } = await reconcileAccounting(db.app, booksOf(there));
      expect(violations).toEqual([]);
    }
  });
});
