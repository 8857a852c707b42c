import { listPayouts } from '@sluice/payout';
import { readPool } from '@sluice/pool';
import { readMainAccount } from '@sluice/settlement';
import { expectAnswer } from '@sluice/money';
import { workflowIds } from './names.ts';
import {
  exampleRedemption,
  exampleNetMinor,
  exampleSubsidyMinor,
  manyRedemptions,
  usdMinor,
} from './testing/examples.ts';
import { violations } from './testing/invariants.ts';
import { Story, until } from './testing/story.ts';
import { connectTestTemporal, type TestTemporal } from './testing/test-temporal.ts';
import { ofCurrent, openTestSystem, type TestSystem } from './testing/test-system.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

// Servers and a busy machine take their time; what is waited for is looked for all the while.
vi.setConfig({ testTimeout: 90_000 });

let system: TestSystem;
let temporal: TestTemporal;
let worker: { stop(): Promise<void> } | undefined;

beforeAll(async () => void (temporal = await connectTestTemporal()));
beforeEach(async () => {
  system = await openTestSystem();
  // One worker for all tests, each of which has a database of its own.
  worker ??= await temporal.startWorker(ofCurrent(() => system));
});
afterEach(async () => {
  expect(await violations(system)).toEqual([]);
  await system.close();
});
afterAll(async () => {
  await worker?.stop();
  await temporal.close();
});

/** What the workflow's page shows as its current details. */
async function detailsOf(workflowId: string): Promise<string> {
  const handle = temporal.client.workflow.getHandle(workflowId);
  const metadata = await handle.query<{ currentDetails?: string }, []>(
    '__temporal_workflow_metadata',
  );
  return metadata.currentDetails ?? '';
}

/** Waits until the list of workflows shows exactly these; the list is a moment behind. */
async function untilListed(query: string, workflowIds: readonly string[]): Promise<void> {
  await until(async () => {
    const found: string[] = [];
    for await (const { workflowId } of temporal.client.workflow.list({ query })) {
      found.push(workflowId);
    }
    return JSON.stringify(found.sort()) === JSON.stringify([...workflowIds].sort());
  });
}

test('a pool is opened, filled, paid out and closed, and its page tells each step', async () => {
  const story = new Story(temporal, system, 'whole');
  const pool = await story.openPool();
  await untilListed(`PoolState = "open" and PoolId = "${story.poolId}"`, [pool.workflowId]);
  expect(await detailsOf(pool.workflowId)).toContain('| Size | 4800.00 USD |');

  const batch = await story.startBatch(manyRedemptions(60), 20);
  const progress = await batch.result();
  const batchPage = await detailsOf(batch.workflowId);
  expect(batchPage).toContain('| Settled | 60 of 60 |');
  expect(batchPage).toContain(`| Platform fee | ${progress.fee?.amount} USD |`);
  await untilListed(`BatchId = "${story.id('batch')}"`, [batch.workflowId]);

  const plan = await story.plan(pool);
  expect(plan.payouts).toHaveLength(5);
  const [late, back] = plan.payouts;
  system.bank.moods.set(`${late!.payoutId}:1`, 'book-and-time-out');
  const handles = await Promise.all(plan.payouts.map((planned) => story.startPayout(planned)));
  await Promise.all(handles.map((handle) => story.untilState(handle, 'settled')));
  expect(await detailsOf(handles[0]!.workflowId)).toContain('| State | settled |');
  const ids = handles.map(({ workflowId }) => workflowId);
  const ofPool = `MainAccountId = "${story.mainAccountId}"`;
  const largest = expectAnswer(await readPool(system.db.app, story.poolId)).drawnMinor;
  await untilListed(`PayoutState = "settled" and AmountMinor <= ${largest} and ${ofPool}`, ids);

  system.bank.ends(`${back!.payoutId}:1`, 'returned');
  system.bank.endAll('final');
  for (const handle of handles) await handle.signal('lookNow');
  const views = await Promise.all(handles.map((handle) => handle.result()));
  expect(views.map(({ state }) => state)).toEqual(['final', 'returned', 'final', 'final', 'final']);
  await untilListed(`PayoutState = "returned" and ${ofPool}`, [ids[1]!]);
  for (const { payoutId } of plan.payouts) expect(system.bank.submissionsOf(payoutId)).toBe(1);
  expect(await story.plan(pool)).toMatchObject({ payouts: [], held: [{ amount: back!.amount }] });

  await pool.signal('closePool');
  const closed = await pool.result();
  expect(closed).toMatchObject({ kind: 'closed', released: { length: 4 } });
  await untilListed(`PoolState = "closed" and PoolId = "${story.poolId}"`, [pool.workflowId]);
  expect(progress.subsidy?.amount).toBeDefined();
});

test('a second start of the same business finds the first, running or ended', async () => {
  const story = new Story(temporal, system, 'twice');
  const pool = await story.openPool();
  const again = await temporal.sluice.pool(story.input);
  expect(again.workflowId).toBe(pool.workflowId);
  const batch = await story.startBatch(manyRedemptions(10), 20);
  const first = await batch.result();
  const second = await temporal.sluice.batch({
    ...{ poolId: story.poolId, batchId: story.id('batch') },
    ...{ chunkSize: 20, redemptions: 10 },
  });
  expect(await second.result()).toEqual(first);
  const query = `WorkflowId = "${batch.workflowId}" or WorkflowId = "${pool.workflowId}"`;
  await untilListed(query, [batch.workflowId, pool.workflowId]);
});

test('a redemption goes from its discount to the bank in a workflow of its own', async () => {
  const story = new Story(temporal, system, 'single');
  const pool = await story.openPool();
  const single = await story.startRedemption(exampleRedemption());
  const payoutId = `redemption/${story.id('RED-1')}`;
  const payout = temporal.client.workflow.getHandle(workflowIds.payout(payoutId));
  await untilListed(`PayoutState = "awaiting-funds" and MainAccountId = "${story.mainAccountId}"`, [
    payout.workflowId,
  ]);
  expect(await detailsOf(payout.workflowId)).toContain('awaiting funds');
  expect(await story.plan(pool)).toMatchObject({
    payouts: [],
    toppedUp: usdMinor(exampleNetMinor),
  });
  await payout.signal('lookNow');
  await story.untilState(payout, 'settled');
  system.bank.endAll('final');
  await payout.signal('lookNow');
  expect(await single.result()).toMatchObject({
    outcome: { kind: 'paid', subsidy: usdMinor(exampleSubsidyMinor), payoutId },
    payout: { state: 'final' },
  });
  expect(await detailsOf(single.workflowId)).toBe(
    'paid: 2.88 USD, less a platform fee of 0.03 USD: 2.85 USD to the seller',
  );
});

test('payouts that find their sub-accounts thin have them redistributed, once each', async () => {
  const story = new Story(temporal, system, 'thin');
  // Each of four sub-accounts gets what three sellers are owed.
  const threshold = usdMinor(3n * exampleNetMinor);
  const pool = await story.openPool({
    mainAccount: { ...story.input.mainAccount, threshold },
  });
  const sellers = Array.from({ length: 12 }, (_, index) => String(600 + index));
  const redemptions = sellers.map((sellerId) => exampleRedemption({ id: sellerId, sellerId }));
  await (await story.startBatch(redemptions, 100)).result();
  const { payouts } = await story.plan(pool);
  // The first one leaves its sub-account below the threshold, so whoever comes next finds it thin.
  const [first, ...rest] = payouts;
  if (first === undefined) throw new Error('nobody is owed money');
  await story.untilState(await story.startPayout(first), 'settled');
  const handles = await Promise.all(rest.map((planned) => story.startPayout(planned)));
  await Promise.all(handles.map((handle) => story.untilState(handle, 'settled')));
  const main = expectAnswer(await readMainAccount(system.db.app, story.mainAccountId));
  const from = main.redistributions.map(({ fromGeneration }) => fromGeneration);
  expect(from.length).toBeGreaterThan(0);
  const query = `WorkflowType = "redistribution" and MainAccountId = "${story.mainAccountId}"`;
  const ids = from.map((one) => workflowIds.redistribution(story.mainAccountId, one));
  await until(async () => {
    const found = new Set<string>();
    for await (const one of temporal.client.workflow.list({ query })) found.add(one.workflowId);
    return ids.every((id) => found.has(id));
  });
  const paid = await listPayouts(system.db.app, { limit: 1_000 });
  expect(new Set(paid.map(({ id }) => id)).size).toBe(paid.length);
});

test('a pool that cannot open ends with the refusal’s code', async () => {
  const story = new Story(temporal, system, 'broken');
  const handle = await temporal.sluice.pool({ ...story.input, sources: [] });
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type: 'FUNDING_INSUFFICIENT' },
  });
});
