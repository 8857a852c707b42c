import { withTransaction } from '@sluice/database';
import { listBalances, openAccounts, postTransfers, transferId } from '@sluice/ledger';
import { expectAnswer, money, parseCurrency } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatchProgress, PayoutPlan, PlannedPayout } from '../contract.ts';
import { exampleRedemption, usd } from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import { tableDigests } from '../testing/table-digests.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';

const progress: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};
const run = { poolId: 'july', mainAccountId: 'main', runId: 'run-1' };

let system: TestSystem;
beforeEach(async () => {
  system = await openTestSystem();
  await system.openPool();
});
afterEach(() => system.close());

const plan = async (): Promise<PayoutPlan> =>
  expectAnswer(await system.activities.planPayouts(run));

/** Each of these sellers earns 2.85, or what the change makes of it, by the bulk lane. */
async function earn(
  batchId: string,
  sellers: readonly string[],
  change: Partial<Redemption> = {},
): Promise<void> {
  const redemptions = sellers.map((sellerId) =>
    exampleRedemption({ id: `${batchId}-${sellerId}`, sellerId, ...change }),
  );
  await system.record(redemptions, batchId);
  const chunk = { poolId: 'july', batchId, limit: 5_000, progress };
  expect(await system.activities.settleChunk(chunk)).toMatchObject({ kind: 'settled' });
}

async function pay(planned: PlannedPayout): Promise<void> {
  const { payoutId } = planned;
  const order = { ...planned, mainAccountId: 'main', reference: 'july' };
  expect(await system.activities.reservePayout(order)).toMatchObject({ kind: 'reserved' });
  await system.activities.submitPayment({ payoutId, mainAccountId: 'main' });
}

async function subAccountTotal(): Promise<bigint> {
  const accounts = await listBalances(system.db.app, { prefix: 'settlement/main/1/' });
  return accounts.reduce((total, { balanceMinor }) => total + balanceMinor, 0n);
}

test('lists every seller who is owed money, and puts that much into the main account', async () => {
  await earn('a', ['300', '301']);
  await earn('b', ['300']);
  expect(await plan()).toEqual({
    kind: 'planned',
    toppedUp: usd('8.55'),
    payouts: [
      { payoutId: 'july/300/1', sellerId: '300', amount: usd('5.70') },
      { payoutId: 'july/301/1', sellerId: '301', amount: usd('2.85') },
    ],
    more: false,
    held: [],
  });
  expect(await subAccountTotal()).toBe(855n);
  expect(await violations(system)).toEqual([]);
});

test('a plan that is repeated finds the same payouts and puts in nothing more', async () => {
  await earn('a', ['300', '301']);
  const first = await plan();
  const before = await tableDigests(system.db);
  expect(await plan()).toEqual({ ...first, toppedUp: usd('0.00') });
  expect(await tableDigests(system.db)).toEqual(before);
});

test('plans that race put the money in once', async () => {
  await earn('a', ['300', '301']);
  const plans = await Promise.all(Array.from({ length: 6 }, plan));
  const toppedUp = plans.map(({ toppedUp }) => toppedUp.amount).sort();
  expect(toppedUp).toEqual(['0.00', '0.00', '0.00', '0.00', '0.00', '5.70']);
  expect(await subAccountTotal()).toBe(570n);
  expect(await violations(system)).toEqual([]);
});

test('a seller who was paid is owed only what came later, under the next number', async () => {
  await earn('a', ['300']);
  const [first] = (await plan()).payouts;
  await pay(first!);
  expect((await plan()).payouts).toEqual([]);
  await earn('b', ['300']);
  const [second] = (await plan()).payouts;
  expect(second).toEqual({ payoutId: 'july/300/2', sellerId: '300', amount: usd('2.85') });
  await pay(second!);
  expect(await violations(system)).toEqual([]);
});

test('what a payout of the single lane will take is left to it', async () => {
  await earn('a', ['300']);
  await system.record([exampleRedemption({ id: 'ONE', sellerId: '300' })], 'single');
  await system.activities.drawAndBook({ poolId: 'july', redemptionId: 'ONE' });
  const planned = await plan();
  expect(planned).toMatchObject({
    toppedUp: usd('5.70'),
    payouts: [{ sellerId: '300', amount: usd('2.85') }],
  });
  await pay(planned.payouts[0]!);
  await pay({ payoutId: 'redemption/ONE', sellerId: '300', amount: usd('2.85') }).catch(
    () => undefined,
  );
  expect(await violations(system)).toEqual([]);
});

test.each(['returned', 'reject'] as const)(
  'a seller whose last payout was %s is held until one goes through',
  async (trouble) => {
    await earn('a', ['300', '301']);
    const [first, other] = (await plan()).payouts;
    const key = `${first!.payoutId}:1`;
    if (trouble === 'reject') system.bank.moods.set(key, 'reject');
    await pay(first!);
    await pay(other!);
    if (trouble === 'returned') {
      system.bank.ends(key, 'returned');
      await system.activities.queryPayment({ ...first!, mainAccountId: 'main' });
    }
    await earn('b', ['300', '301']);
    const held = { payoutId: 'july/300/2', sellerId: '300', amount: usd('5.70') };
    expect(await plan()).toMatchObject({
      toppedUp: usd('0.00'),
      payouts: [{ payoutId: 'july/301/2' }],
      held: [held],
    });
    // An operator has corrected the account: it is started by hand, and waits for its money.
    const order = { ...held, mainAccountId: 'main', reference: 'july' };
    const waits = await system.activities.reservePayout(order);
    expect(waits).toMatchObject({ kind: 'awaiting-funds' });
    expect(await plan()).toMatchObject({ toppedUp: usd('5.70'), held: [] });
    await pay(held);
    await earn('c', ['300']);
    expect(await plan()).toMatchObject({ payouts: [{ payoutId: 'july/300/3' }, {}], held: [] });
    expect(await violations(system)).toEqual([]);
  },
);

test('a payable in another currency is not planned as if it were in this one', async () => {
  await earn('a', ['300']);
  const yuan = expectAnswer(parseCurrency('CNY'));
  const at = '2017-07-01T00:00:00Z';
  await withTransaction(system.db.app, async (tx) => {
    const open = { currency: yuan, floorMinor: null, ceilingMinor: null };
    await openAccounts(tx, [
      { ...open, code: 'payable/777' },
      { ...open, code: 'outside/treasury/CNY' },
    ]);
    const transfer = {
      ...{
        kind: 'direct' as const,
        id: transferId('gift', at),
        amount: money(100n, yuan),
        linked: false,
      },
      ...{ debitAccount: 'outside/treasury/CNY', creditAccount: 'payable/777' },
      ...{ type: 'gift', reference: 'gift', effectiveAt: at },
    };
    expect(await postTransfers(tx, [transfer])).toMatchObject([{ status: 'created' }]);
  });
  expect((await plan()).payouts.map(({ sellerId }) => sellerId)).toEqual(['300']);
});

test('more sellers than one plan lists take another plan', async () => {
  const sellers = Array.from({ length: 2_003 }, (_, index) => String(10_000 + index));
  // Of 0.20 loyalty cut the seller is paid back 0.12.
  await earn('many', sellers, { couponValueMinor: 0n, loyaltyDiscountMinor: 20n });
  const first = await plan();
  expect(first.payouts).toHaveLength(2_000);
  expect(first).toMatchObject({ more: true, toppedUp: usd('240.00') });
  for (const planned of first.payouts.slice(0, 10)) await pay(planned);
  const second = await plan();
  expect(second).toMatchObject({ more: false });
  expect(second.payouts).toHaveLength(1_993);
  expect(await violations(system)).toEqual([]);
});

test('a plan that could not see all payouts under way is refused', async () => {
  await earn('a', ['300']);
  await system.db.owner.query(
    `insert into payout.payout (id, seller_id, amount_minor, currency, creditor_account,
       creditor_name, rail, remittance, request_hash, state)
     select 'old/' || n, '300', 1, 'USD', 'SBX-300', '300', 'bank', 'old', 'hash', 'returned'
     from generate_series(1, 100000) as n`,
  );
  const before = await tableDigests(system.db);
  expect(await system.activities.planPayouts(run)).toMatchObject({ code: 'PAYOUTS_TOO_MANY' });
  expect(await tableDigests(system.db)).toEqual(before);
});

test.each([
  ['pool', { poolId: 'august' }, 'POOL_UNKNOWN'],
  ['main account', { mainAccountId: 'other' }, 'MAIN_ACCOUNT_UNKNOWN'],
])('a plan for an unknown %s is refused', async (_, change, code) => {
  const refused = await system.activities.planPayouts({ ...run, ...change });
  expect(refused).toMatchObject({ kind: 'refusal', code });
});
