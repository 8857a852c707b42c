import { expectAnswer } from '@sluice/money';
import { expect, test } from 'vitest';
import type { Activities, BatchProgress, PayoutOrder } from '../contract.ts';
import { examplePool, exampleRedemption, manyRedemptions, usd } from '../testing/examples.ts';
import { FailingDatabase, type Break } from '../testing/failing-database.ts';
import { violations } from '../testing/invariants.ts';
import { households, springTerms, startRollout } from '../testing/rollouts.ts';
import { changedTables, tableDigests } from '../testing/table-digests.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';

const progress: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};
const order: PayoutOrder = {
  payoutId: 'july/330/1',
  sellerId: '330',
  amount: usd('2.85'),
  mainAccountId: 'main',
  reference: 'july',
};
const payment = { payoutId: order.payoutId, mainAccountId: 'main' };
const run = { poolId: 'july', mainAccountId: 'main', runId: 'run-1' };
const generation = { mainAccountId: 'main', generation: 1 };

async function earn(system: TestSystem): Promise<void> {
  await system.openPool();
  await system.record([exampleRedemption()]);
  await system.activities.settleChunk({ poolId: 'july', batchId: 'batch-1', limit: 10, progress });
}

async function fund(system: TestSystem): Promise<void> {
  await earn(system);
  await system.activities.planPayouts(run);
}

async function send(system: TestSystem): Promise<void> {
  await fund(system);
  await system.activities.reservePayout(order);
  await system.activities.submitPayment(payment);
}

/** A payout has taken one of the four sub-accounts below its threshold. */
async function thinOut(system: TestSystem): Promise<void> {
  await system.openPool();
  const redemptions = manyRedemptions(40, { days: 1 });
  await system.record(redemptions.map((one) => ({ ...one, loyaltyDiscountMinor: 2_000n })));
  await system.activities.settleChunk({ poolId: 'july', batchId: 'batch-1', limit: 100, progress });
  const { payouts } = expectAnswer(await system.activities.planPayouts(run));
  const reserved = await system.activities.reservePayout({ ...order, ...payouts[0]! });
  expect(reserved.kind).toBe('reserved');
}

const loyalty = { institution: 'complete-journey', rule: 'subsidy.loyalty' };
let closedKey = '';

async function makeDue({ db }: TestSystem): Promise<void> {
  await db.owner.query('update ledger.booking_task set max_entries = 1');
}

async function closeBookings(system: TestSystem): Promise<void> {
  await earn(system);
  await makeDue(system);
  const { closed, next } = await system.activities.lookAtBookings(loyalty);
  expect(closed).toBe('entries');
  closedKey = next ?? '';
}

const rolloutId = 'complete-journey-discounts/1';
const noMoney = { ...springTerms.gate, moved: [usd('0.00')] };

/** A rollout in shadow, with runs counted. */
async function rollOut(system: TestSystem, gate = springTerms.gate): Promise<void> {
  await system.openPool();
  expect(await startRollout(system, { gate })).toBe(rolloutId);
  await system.activities.growRollout({ rolloutId, afterStep: 0 });
  await system.record(households(25));
  await system.activities.settleChunk({ poolId: 'july', batchId: 'batch-1', limit: 100, progress });
}

interface Case {
  readonly prepare: (system: TestSystem) => Promise<unknown>;
  readonly act: (activities: Activities) => Promise<unknown>;
  /** How many transactions it takes. */
  readonly commits?: number;
  /** What the transactions before its last one write. */
  readonly early?: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  openPool: {
    prepare: () => Promise.resolve(),
    act: (activities) => activities.openPool(examplePool()),
  },
  settleChunk: {
    async prepare(system) {
      await system.openPool();
      await system.record(manyRedemptions(30, { days: 2 }));
    },
    act: (activities) =>
      activities.settleChunk({ poolId: 'july', batchId: 'batch-1', limit: 100, progress }),
  },
  drawAndBook: {
    async prepare(system) {
      await system.openPool();
      await system.record([exampleRedemption()]);
    },
    act: (activities) => activities.drawAndBook({ poolId: 'july', redemptionId: 'RED-1' }),
  },
  planPayouts: { prepare: earn, act: (activities) => activities.planPayouts(run) },
  reservePayout: {
    prepare: fund,
    act: (activities) => activities.reservePayout(order),
    commits: 2,
    early: ['settlement.task', 'settlement.task_counter'],
  },
  'queryPayment, settled': {
    async prepare(system) {
      system.bank.moods.set('default', 'accept');
      await send(system);
      system.bank.ends('july/330/1:1', 'settled');
    },
    act: (activities) => activities.queryPayment(payment),
  },
  'queryPayment, came back': {
    async prepare(system) {
      await send(system);
      system.bank.ends('july/330/1:1', 'returned');
    },
    act: (activities) => activities.queryPayment(payment),
  },
  'queryPayment, came back before we saw it settle': {
    async prepare(system) {
      system.bank.moods.set('default', 'book-and-time-out');
      await send(system);
      system.bank.ends('july/330/1:1', 'returned');
    },
    act: (activities) => activities.queryPayment(payment),
  },
  beginRedistribution: {
    prepare: thinOut,
    act: (activities) => activities.beginRedistribution(generation),
  },
  moveBalances: {
    async prepare(system) {
      await thinOut(system);
      await system.activities.beginRedistribution(generation);
    },
    act: (activities) => activities.moveBalances(generation),
  },
  completeRedistribution: {
    async prepare(system) {
      await thinOut(system);
      await system.activities.beginRedistribution(generation);
      await system.activities.moveBalances(generation);
    },
    act: (activities) => activities.completeRedistribution(generation),
  },
  lookAtBookings: {
    async prepare(system) {
      await earn(system);
      await makeDue(system);
    },
    act: (activities) => activities.lookAtBookings(loyalty),
  },
  sendBookingBatch: {
    prepare: closeBookings,
    act: (activities) => activities.sendBookingBatch({ key: closedKey }),
    commits: 2,
    // That it is handed over is noted before it is.
    early: ['ledger.booking_task'],
  },
  'settleChunk, counted for a rollout': {
    async prepare(system) {
      await rollOut(system);
      await system.record(households(10, 'MORE'), 'batch-2');
    },
    act: (activities) =>
      activities.settleChunk({ poolId: 'july', batchId: 'batch-2', limit: 100, progress }),
  },
  growRollout: {
    prepare: rollOut,
    act: (activities) => activities.growRollout({ rolloutId, afterStep: 1 }),
  },
  'lookAtRollout, too much': {
    prepare: (system) => rollOut(system, noMoney),
    act: (activities) => activities.lookAtRollout({ rolloutId }),
  },
  resumeRollout: {
    async prepare(system) {
      await rollOut(system, noMoney);
      await system.activities.lookAtRollout({ rolloutId });
    },
    act: (activities) => activities.resumeRollout({ rolloutId, afterStep: 1 }),
  },
  rollBackRollout: {
    async prepare(system) {
      await rollOut(system);
      await system.activities.growRollout({ rolloutId, afterStep: 1 });
    },
    act: (activities) => activities.rollBackRollout({ rolloutId, reason: 'it was wrong' }),
  },
  closePool: {
    prepare: earn,
    act: (activities) => activities.closePool({ poolId: 'july', currency: 'USD' }),
  },
};

test.each(Object.keys(cases))(
  '%s dies before each of its statements, then after its commit: one effect',
  async (name) => {
    const { prepare, act, commits = 1, early = [] } = cases[name]!;
    const system = await openTestSystem();
    await prepare(system);
    const before = await tableDigests(system.db);
    const actOn = async (at: Break): Promise<FailingDatabase> => {
      const parts = { database: system.db.app, owner: system.db.owner, at };
      const failing = new FailingDatabase(parts);
      const info = { workflowId: 'crashing', scheduledMs: Date.UTC(2017, 7, 1) };
      await expect(act(system.activitiesOn(failing, info))).rejects.toThrow();
      return failing;
    };
    let deaths = 0;
    for (let lastCommit = false; !lastCommit; deaths += 1) {
      const { brokeAt, commits: done } = await actOn({ statement: deaths + 1 });
      lastCommit = brokeAt === 'commit' && done === commits - 1;
      const changed = changedTables(before, await tableDigests(system.db));
      expect(changed.filter((table) => !early.includes(table))).toEqual([]);
    }
    expect(deaths).toBeGreaterThan(3);
    await actOn({ afterCommit: commits });
    const after = await tableDigests(system.db);
    expect(changedTables(before, after)).not.toEqual([]);
    const answer = await act(system.activities);
    expect(await act(system.activities)).toEqual(answer);
    expect(changedTables(after, await tableDigests(system.db))).toEqual([]);
    expect(await violations(system)).toEqual([]);
    await system.close();
  },
);
