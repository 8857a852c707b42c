import { listBalances, readBalances } from '@sluice/ledger';
import { expectAnswer } from '@sluice/money';
import { readPayout, readTransitions } from '@sluice/payout';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  BatchProgress,
  PayoutOrder,
  PayoutPlan,
  PayoutView,
  PoolLifecycleInput,
} from '../contract.ts';
import { examplePool, exampleRedemption, usd } from '../testing/examples.ts';
import { FailingDatabase, type Break } from '../testing/failing-database.ts';
import { violations } from '../testing/invariants.ts';
import { changedTables, tableDigests } from '../testing/table-digests.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';

const progress: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};
const chunk = { poolId: 'july', batchId: 'batch-1', limit: 100, progress };
const run = { poolId: 'july', mainAccountId: 'main', runId: 'run-1' };
const payment = { payoutId: 'july/330/1', mainAccountId: 'main' };
const key = 'july/330/1:1';
const order: PayoutOrder = {
  ...payment,
  sellerId: '330',
  amount: usd('2.85'),
  reference: 'july',
};

let system: TestSystem;
beforeEach(async () => void (system = await openTestSystem()));
afterEach(async () => {
  expect(await violations(system)).toEqual([]);
  await system.close();
});

/** Seller 330 is owed 2.85, and the paying account holds it. */
async function fund(change: Partial<PoolLifecycleInput> = {}): Promise<PayoutPlan> {
  await system.openPool(change);
  await system.record([exampleRedemption()]);
  await system.activities.settleChunk(chunk);
  return expectAnswer(await system.activities.planPayouts(run));
}

async function reserve(): Promise<void> {
  await fund();
  expect(await system.activities.reservePayout(order)).toMatchObject({ kind: 'reserved' });
}

const submit = (): Promise<PayoutView> => system.activities.submitPayment(payment);
const ask = (): Promise<PayoutView> => system.activities.queryPayment(payment);

async function balanceOf(code: string): Promise<bigint | undefined> {
  return (await readBalances(system.db.app, [code])).get(code);
}

function breaking(at: Break): TestSystem['activities'] {
  const { app, owner } = system.db;
  return system.activitiesOn(new FailingDatabase({ database: app, owner, at }));
}

describe('a payout', () => {
  test('moves what is owed out of the payable, over a sub-account, to the bank', async () => {
    await reserve();
    expect(await balanceOf('payable/330')).toBe(0n);
    expect(await balanceOf('payout/in-transit/USD')).toBe(285n);
    expect(await submit()).toMatchObject({ state: 'settled', next: 'watch-for-return' });
    expect(await balanceOf('outside/sellers/USD')).toBe(285n);
    system.bank.ends(key, 'final');
    expect(await ask()).toMatchObject({ state: 'final', next: 'done', attempts: 1 });
    expect(system.bank.submissionsOf(order.payoutId)).toBe(1);
  });

  test('is reserved once, by however many callers at once', async () => {
    await fund();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => system.activities.reservePayout(order)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await balanceOf('payout/in-transit/USD')).toBe(285n);
  });

  test('is sent once, by however many callers at once', async () => {
    await reserve();
    const views = await Promise.all(Array.from({ length: 8 }, submit));
    expect(system.bank.submissionsOf(order.payoutId)).toBe(1);
    // Who asks while the payment is on its way may hear that the bank has not seen it.
    const seen = new Set(views.map(({ state }) => state));
    expect(seen.has('settled')).toBe(true);
    expect(await ask()).toMatchObject({ state: 'settled' });
  });

  test('whose bank times out after paying is settled by a query', async () => {
    system.bank.moods.set(key, 'book-and-time-out');
    await reserve();
    expect(await submit()).toMatchObject({ state: 'unknown', next: 'query' });
    expect(await ask()).toMatchObject({ state: 'settled', next: 'watch-for-return' });
    expect(system.bank.submissionsOf(order.payoutId)).toBe(1);
  });

  test('that never reached the bank is sent again under the same key', async () => {
    system.bank.moods.set(key, 'lose');
    await reserve();
    expect(await submit()).toMatchObject({ state: 'unknown', next: 'query' });
    expect(await ask()).toMatchObject({ state: 'reserved', next: 'submit' });
    system.bank.moods.delete(key);
    expect(await submit()).toMatchObject({ state: 'settled', attempts: 1 });
    expect(system.bank.calls).toEqual([`submit ${key}`, `query ${key} not-found`, `submit ${key}`]);
  });

  test('that the bank accepts for later waits for the bank', async () => {
    system.bank.moods.set(key, 'accept');
    await reserve();
    expect(await submit()).toMatchObject({ state: 'submitted', next: 'wait-for-bank' });
    expect(await balanceOf('payout/in-transit/USD')).toBe(285n);
    system.bank.ends(key, 'settled');
    expect(await ask()).toMatchObject({ state: 'settled' });
  });

  test.each([
    ['settled', 'book' as const],
    ['unknown', 'book-and-time-out' as const],
  ])('that comes back after it was %s is owed again', async (state, mood) => {
    system.bank.moods.set(key, mood);
    await reserve();
    expect(await submit()).toMatchObject({ state });
    system.bank.ends(key, 'returned');
    const view = { state: 'returned', next: 'done', reason: 'AC04' };
    expect(await ask()).toMatchObject(view);
    expect(await balanceOf('payable/330')).toBe(285n);
    expect(await balanceOf('outside/sellers/USD')).toBe(0n);
    const before = await tableDigests(system.db);
    expect(await ask()).toMatchObject(view);
    expect(await tableDigests(system.db)).toEqual(before);
  });

  test('that the bank rejects is owed again', async () => {
    system.bank.moods.set(key, 'reject');
    await reserve();
    expect(await submit()).toMatchObject({ state: 'rejected', next: 'done', reason: 'AC01' });
    expect(await balanceOf('payable/330')).toBe(285n);
    expect(await balanceOf('payout/in-transit/USD')).toBe(0n);
  });
});

describe('a worker that dies', () => {
  test('after it recorded the attempt and before it called the bank sent nothing', async () => {
    await reserve();
    await expect(breaking({ afterCommit: 1 }).submitPayment(payment)).rejects.toThrow();
    expect(system.bank.calls).toEqual([]);
    expect(await submit()).toMatchObject({ state: 'reserved', next: 'submit' });
    expect(system.bank.calls).toEqual([`query ${key} not-found`]);
    expect(await submit()).toMatchObject({ state: 'settled' });
    expect(system.bank.submissionsOf(order.payoutId)).toBe(1);
  });

  test('before it recorded the attempt has sent nothing', async () => {
    await reserve();
    await expect(breaking({ statement: 4 }).submitPayment(payment)).rejects.toThrow();
    expect(system.bank.calls).toEqual([]);
    expect(await submit()).toMatchObject({ state: 'settled' });
  });

  test('after the bank paid and before the answer was recorded asks, and pays once', async () => {
    await reserve();
    // Its first transaction records the attempt, its second what the bank said.
    for (const statement of [8, 9, 10]) {
      await expect(breaking({ statement }).submitPayment(payment)).rejects.toThrow();
      if (system.bank.submissionsOf(order.payoutId) > 0) break;
    }
    expect(await readPayout(system.db.app, order.payoutId)).toMatchObject({ state: 'submitting' });
    expect(await submit()).toMatchObject({ state: 'settled' });
    expect(system.bank.submissionsOf(order.payoutId)).toBe(1);
  });

  test.each(['book', 'reject'] as const)(
    'after the answer to its %s was recorded changes nothing by its retry',
    async (mood) => {
      system.bank.moods.set(key, mood);
      await reserve();
      await expect(breaking({ afterCommit: 2 }).submitPayment(payment)).rejects.toThrow();
      const before = await tableDigests(system.db);
      expect(await submit()).toMatchObject({ state: mood === 'book' ? 'settled' : 'rejected' });
      expect(await tableDigests(system.db)).toEqual(before);
      expect(system.bank.submissionsOf(order.payoutId)).toBe(1);
    },
  );
});

describe('a payout that the paying account cannot cover', () => {
  /** Owed, and nothing was put into the paying account. */
  async function earn(): Promise<void> {
    await system.openPool();
    await system.record([exampleRedemption()]);
    await system.activities.settleChunk(chunk);
  }

  test('waits in plain sight, and a plan puts money in', async () => {
    await earn();
    const waits = { kind: 'awaiting-funds' };
    expect(await system.activities.reservePayout(order)).toMatchObject(waits);
    const before = await tableDigests(system.db);
    expect(await system.activities.reservePayout(order)).toMatchObject(waits);
    expect(await tableDigests(system.db)).toEqual(before);
    expect(await system.activities.planPayouts(run)).toMatchObject({
      toppedUp: usd('2.85'),
      payouts: [],
    });
    expect(await system.activities.reservePayout(order)).toMatchObject({ kind: 'reserved' });
    const events = (await readTransitions(system.db.app, order.payoutId)).map(({ to }) => to);
    expect(events).toEqual(['created', 'awaiting-funds', 'reserved']);
  });
});

describe('a payout is refused, and leaves nothing but its number, when', () => {
  const numbers = ['settlement.task', 'settlement.task_counter'];

  test.each<[string, Partial<PayoutOrder>, string]>([
    ['the seller is owed less', { amount: usd('2.86') }, 'PAYOUT_NOT_OWED'],
    ['nobody knows the seller', { sellerId: '331' }, 'PAYOUT_NOT_OWED'],
    ['its seller can have no account', { sellerId: '330/x' }, 'PAYOUT_NOT_OWED'],
    ['it pays nothing', { amount: usd('0.00') }, 'PAYOUT_INVALID'],
    ['no bank key can hold its id', { payoutId: 'a b' }, 'PAYOUT_INVALID'],
    [
      'it is in another currency',
      { amount: { amount: '2.85', currency: 'CNY' } },
      'POSTING_REFUSED',
    ],
  ])('%s', async (_, change, code) => {
    await fund();
    const before = await tableDigests(system.db);
    const refused = await system.activities.reservePayout({ ...order, ...change });
    expect(refused).toMatchObject({ kind: 'refusal', code });
    expect(changedTables(before, await tableDigests(system.db))).toEqual(numbers);
  });

  test.each<[string, Partial<PayoutOrder>, string]>([
    ['its amount is no amount', { amount: usd('2.8') }, 'AMOUNT_MALFORMED'],
    ['nobody opened the main account', { mainAccountId: 'other' }, 'MAIN_ACCOUNT_UNKNOWN'],
  ])('not even that when %s', async (_, change, code) => {
    await fund();
    const before = await tableDigests(system.db);
    const refused = await system.activities.reservePayout({ ...order, ...change });
    expect(refused).toMatchObject({ kind: 'refusal', code });
    expect(await tableDigests(system.db)).toEqual(before);
  });

  test('its id stands for another payout, or for one that came back', async () => {
    await reserve();
    const other = { ...order, amount: usd('1.00') };
    const before = await tableDigests(system.db);
    expect(await system.activities.reservePayout(other)).toMatchObject({
      code: 'PAYOUT_ID_REUSED',
    });
    expect(await tableDigests(system.db)).toEqual(before);
    await submit();
    system.bank.ends(key, 'returned');
    await ask();
    expect(await system.activities.reservePayout(order)).toMatchObject({
      code: 'PAYOUT_STATE_CONFLICT',
    });
  });
});

describe('what another try cannot mend is thrown by its code', () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ['a payout that nobody recorded', submit, 'PAYOUT_UNKNOWN'],
    ['one that was never sent', ask, 'ATTEMPT_UNKNOWN'],
  ])('%s', async (_, act, type) => {
    await fund();
    await expect(act()).rejects.toMatchObject({ type });
  });

  test('a bank that takes back what it said', async () => {
    await reserve();
    await submit();
    system.bank.ends(key, 'returned');
    await ask();
    system.bank.query = () =>
      Promise.resolve({ kind: 'rejected', reasonCode: 'AC01', message: 'no such account' });
    await expect(ask()).rejects.toMatchObject({ type: 'PAYOUT_STATE_CONFLICT' });
  });
});

test('while the main account is redistributed payouts and returns wait, then go on', async () => {
  const mainAccount = { ...examplePool().mainAccount, threshold: usd('0.50') };
  await fund({ mainAccount });
  const { activities } = system;
  // 0.72 on each of four sub-accounts: 1.00 sweeps one and leaves another thin.
  const first = { ...order, amount: usd('1.00') };
  expect(await activities.reservePayout(first)).toMatchObject({ kind: 'reserved' });
  await submit();
  system.bank.ends(key, 'returned');
  const second = { ...order, payoutId: 'july/330/2', amount: usd('1.85') };
  const thin = { kind: 'redistribute', generation: 1 };
  expect(await activities.reservePayout(second)).toEqual(thin);
  const generation = { mainAccountId: 'main', generation: 1 };
  await activities.beginRedistribution(generation);
  for (const step of ['moveBalances', 'completeRedistribution'] as const) {
    expect(await activities.reservePayout(second)).toEqual({ kind: 'wait', waitMs: 20 });
    await expect(ask()).rejects.toMatchObject({
      type: 'MAIN_ACCOUNT_REDISTRIBUTING',
      nextRetryDelay: 20,
    });
    await activities[step](generation);
  }
  expect(await activities.reservePayout(second)).toMatchObject({ kind: 'reserved' });
  expect(await ask()).toMatchObject({ state: 'returned' });
  const retired = await listBalances(system.db.app, { prefix: 'settlement/main/1/' });
  expect(retired.every(({ balanceMinor }) => balanceMinor === 0n)).toBe(true);
});
