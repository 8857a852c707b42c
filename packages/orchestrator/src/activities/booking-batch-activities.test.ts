import {
  countBookingBatches,
  createHttpAccountingServer,
  reconcileAccounting,
  traceBookings,
  type BookingTriggers,
} from '@sluice/ledger';
import { expectAnswer, formatAmount, isRefusal, money } from '@sluice/money';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchProgress, BookingBatchSent } from '../contract.ts';
import { startAccountingProcess, type AccountingProcess } from '../testing/accounting-process.ts';
import { manyRedemptions } from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import { ScriptedAccounting } from '../testing/scripted-accounting.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';

const institution = 'complete-journey';
const atOnce: BookingTriggers = {
  of: () => ({ periodMs: 3_600_000, maxAccounts: null, maxEntries: 1 }),
};
const progress: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};

/** Thirty redemptions over two days, settled in one chunk. */
async function earn(system: TestSystem): Promise<void> {
  await system.openPool();
  await system.record(manyRedemptions(30, { days: 2 }));
  await system.activities.settleChunk({ poolId: 'july', batchId: 'batch-1', limit: 100, progress });
}

/** What the workflow does, without its pauses; the answers of the tries. */
async function sendAll(system: TestSystem): Promise<readonly string[]> {
  const said: string[] = [];
  for (const rule of system.program.bookedTypes) {
    for (;;) {
      const { next } = await system.activities.lookAtBookings({ institution, rule });
      if (next === null) break;
      said.push(expectAnswer(await system.activities.sendBookingBatch({ key: next })).kind);
    }
  }
  return said;
}

describe('sending to an accounting server in memory', () => {
  let system: TestSystem;
  let accounting: ScriptedAccounting;
  beforeEach(async () => {
    accounting = new ScriptedAccounting();
    system = await openTestSystem({ accounting, triggers: atOnce });
  });
  afterEach(() => system.close());

  async function closed(): Promise<string> {
    await earn(system);
    const rule = 'subsidy.loyalty';
    return (await system.activities.lookAtBookings({ institution, rule })).next ?? '';
  }
  const send = async (key: string): Promise<BookingBatchSent> =>
    expectAnswer(await system.activities.sendBookingBatch({ key }));

  test('a batch is sent once, without a query before the first try', async () => {
    const key = await closed();
    const sent = await send(key);
    expect(sent).toMatchObject({ kind: 'accepted', receipt: 'ACC-1' });
    expect(await send(key)).toEqual(sent);
    expect(accounting.calls).toEqual(['send book']);
  });

  test('booked without an answer: the query resolves it, and nothing is sent again', async () => {
    const key = await closed();
    accounting.moods.push('book-and-time-out');
    expect(await send(key)).toEqual({ kind: 'unknown', message: 'time-out' });
    expect(await send(key)).toMatchObject({ kind: 'accepted' });
    expect(accounting.calls).toEqual(['send book-and-time-out', 'query accepted']);
  });

  test('lost on the way: it is sent again only when the server has never seen it', async () => {
    const key = await closed();
    accounting.moods.push('lose');
    await send(key);
    expect(await send(key)).toMatchObject({ kind: 'accepted' });
    expect(accounting.calls).toEqual(['send lose', 'query not-found', 'send book']);
  });

  test('a refusal is parked with its reason, and not sent again until it is taken up', async () => {
    const key = await closed();
    accounting.moods.push('refuse');
    const refused = { kind: 'refused', code: 'PERIOD_CLOSED', message: 'too late' };
    expect(await send(key)).toEqual(refused);
    expect(await send(key)).toEqual(refused);
    expect(accounting.calls).toEqual(['send refuse']);
    expect((await violations(system)).join()).toMatch(/I11 task .* was refused .* PERIOD_CLOSED/);
    const rule = { institution, rule: 'subsidy.loyalty' };
    expect(await system.activities.sendRefusedBookings(rule)).toEqual({
      ...{ kind: 'taken-up', tasks: 1 },
    });
    expect(await send(key)).toMatchObject({ kind: 'accepted' });
    expect(await violations(system)).toEqual([]);
  });

  test('two at the same time book it once', async () => {
    const key = await closed();
    const both = await Promise.all([send(key), send(key)]);
    expect(both.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    await sendAll(system);
    expect(await violations(system)).toEqual([]);
  });

  test('a key that is no closed task is refused', async () => {
    const key = '00000000-0000-8000-8000-000000000000';
    const answer = await system.activities.sendBookingBatch({ key });
    expect(isRefusal(answer) && answer.code).toBe('BOOKING_TASK_UNKNOWN');
  });

  test('each redemption leads to the batches that carried its bookings', async () => {
    await earn(system);
    await sendAll(system);
    const traced = await traceBookings(system.db.app, 'RED-00000');
    const { n } = (
      await system.db.app.query<{ n: bigint }>(
        `select count(*) as n from ledger.transfer where reference = 'RED-00000'`,
      )
    )[0]!;
    expect(n).toBeGreaterThan(1n);
    expect(traced).toHaveLength(Number(n));
    expect(new Set(traced.map(({ state }) => state))).toEqual(new Set(['sent']));
  });

  test('settling the same rows again gathers nothing again', async () => {
    await earn(system);
    const before = await countBookingBatches(system.db.app);
    await system.activities.settleChunk({
      ...{ poolId: 'july', batchId: 'batch-1', limit: 100, progress },
    });
    expect(await countBookingBatches(system.db.app)).toEqual(before);
    const transfers = before.reduce((sum, one) => sum + one.transfers, 0);
    const rows = await system.db.app.query<{ n: bigint }>(
      'select count(*) as n from ledger.transfer',
    );
    expect(BigInt(transfers)).toBe(rows[0]!.n);
  });
});

describe('sending to an accounting server in another process', () => {
  let server: AccountingProcess;
  let system: TestSystem;
  beforeEach(async () => void (server = await startAccountingProcess()));

  /** However slow the machine is: only what has to time out is given little time. */
  async function open(timeoutMs = 30_000): Promise<void> {
    const accounting = createHttpAccountingServer({ baseUrl: server.baseUrl, timeoutMs });
    system = await openTestSystem({ accounting, triggers: atOnce });
  }
  afterEach(async () => {
    server.stop();
    await system.close();
  });

  test.each([
    ['no fault', null, {}],
    ['a time-out after success', 'answer-lost', {}],
    ['an error before the commit', 'error-before-booking', {}],
    ['an error after the commit', 'error-after-booking', {}],
    ['a duplicate delivery', 'delivered-twice', {}],
    ['an answer that is too late', 'delay', { delayMs: 2_500 }],
  ])('%s: every entry is booked once', async (_, failure, rest) => {
    await open(failure === 'answer-lost' || failure === 'delay' ? 1_500 : undefined);
    await earn(system);
    if (failure !== null) await server.arm(failure, { ...rest, times: 2 });
    const said = await sendAll(system);
    const clear = failure === null || failure === 'delivered-twice';
    expect(said.includes('unknown')).toBe(!clear);
    expect(await server.armed()).toEqual([]);
    const counted = await countBookingBatches(system.db.app);
    expect(new Set(counted.map(({ state }) => state))).toEqual(new Set(['sent']));
    expect(await server.counts()).toMatchObject({
      batches: counted.reduce((sum, { tasks }) => sum + tasks, 0),
      entries: counted.reduce((sum, { entries }) => sum + entries, 0),
    });
    expect(await violations(system)).toEqual([]);
    expect(await booksDiffer(system)).toEqual([]);
  });

  test('what the two books do not share is found', async () => {
    await open();
    await earn(system);
    await sendAll(system);
    const check = async (): Promise<readonly string[]> =>
      (await reconcileAccounting(system.db.app, system.accounting)).violations;
    expect(await check()).toEqual([]);
    const { owner } = system.db;
    await owner.query(
      `update ledger.booking_task_entry set amount_minor = amount_minor + 1
       where key = (select min(key::text)::uuid from ledger.booking_task_entry)`,
    );
    expect((await check())[0]).toContain('amount, accounts or day are not those that we sent');
    await owner.query(
      `delete from ledger.booking_task_entry
       where key = (select min(key::text)::uuid from ledger.booking_task_entry)`,
    );
    expect((await check())[0]).toContain('we never gathered it');
    expect((await violations(system)).join('\n')).toMatch(/I11 task .* says it has/);
  });

  test('what was sent and is not there is found', async () => {
    await open();
    await earn(system);
    await sendAll(system);
    const empty = await startAccountingProcess();
    const books = createHttpAccountingServer({ baseUrl: empty.baseUrl, timeoutMs: 30_000 });
    const { violations: found } = await reconcileAccounting(system.db.app, books);
    empty.stop();
    expect(found).toEqual([expect.stringMatching(/^\d+ entries were sent, 0 of them are/)]);
  });
});

/** Accounts on which the server's books are not ours. */
async function booksDiffer({ db, accounting }: TestSystem): Promise<readonly string[]> {
  const rows = await db.app.query<{ code: string; balance_minor: bigint }>(
    'select code, balance_minor from ledger.account where transfer_count > 0',
  );
  const ours = rows.map(
    ({ code, balance_minor }) => `${code} ${formatAmount(money(balance_minor, 'USD'))}`,
  );
  const theirs = (await accounting.balances()).map(
    ({ account, balance }) => `${account} ${balance.amount}`,
  );
  return [
    ...ours.filter((one) => !theirs.includes(one)),
    ...theirs.filter((one) => !ours.includes(one)),
  ];
}
