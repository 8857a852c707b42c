import { setTimeout as delay } from 'node:timers/promises';
import { expectAnswer } from '@sluice/money';
import { listRollouts, listRuleSetVersions, readVersionsInForce } from '@sluice/rulebook';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { workflowIds } from './names.ts';
import type { RuleRolloutView } from './rule-rollout-contract.ts';
import { exampleRedemption, usd } from './testing/examples.ts';
import { violations } from './testing/invariants.ts';
import { households, setId, springTerms, startRollout } from './testing/rollouts.ts';
import { Story, until } from './testing/story.ts';
import { connectTestTemporal, type TestTemporal } from './testing/test-temporal.ts';
import { openTestSystem, type TestSystem } from './testing/test-system.ts';
import type { ruleRollout } from './workflows/index.ts';

vi.setConfig({ testTimeout: 90_000 });

/** A published version, and a step of a rollout, reach running workers within this time. */
const freshMs = 1_000;
const everyMs = 50;

let system: TestSystem;
let temporal: TestTemporal;
let worker: { stop(): Promise<void> } | undefined;

beforeAll(async () => void (temporal = await connectTestTemporal()));
beforeEach(async () => {
  system = await openTestSystem();
  worker = await temporal.startWorker(system.activities);
});
afterEach(async () => {
  await worker?.stop();
  expect(await violations(system)).toEqual([]);
  await system.close();
});
afterAll(() => temporal.close());

type Handle = WorkflowHandle<typeof ruleRollout>;

const viewOf = (handle: Handle): Promise<RuleRolloutView | null> =>
  handle.query<RuleRolloutView | null, []>('ruleRolloutView');

async function untilView(handle: Handle, wanted: Partial<RuleRolloutView>): Promise<void> {
  await until(async () => {
    const view = { ...(await viewOf(handle)) };
    return Object.entries(wanted).every(([key, value]) => {
      return view[key as keyof RuleRolloutView] === value;
    });
  });
}

const runOf = async (handle: Handle): Promise<string> => (await handle.describe()).runId;

async function pageOf(handle: Handle): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }, []>(
    '__temporal_workflow_metadata',
  );
  return metadata.currentDetails ?? '';
}

async function matchNow(story: Story, id: string): Promise<unknown> {
  const redemptionId = story.id(id);
  const decided = expectAnswer(await system.activities.decideDiscounts({ redemptionId }));
  return decided.discounts['match'];
}

test('redemptions flow, the gate pauses it, rolling back restores the old decision', async () => {
  const story = new Story(temporal, system, 'rollout');
  await story.openPool();
  const stages = [null, 100_000].map((reach) => ({ reach, fewestRuns: 20 }));
  const gate = { ...springTerms.gate, moved: [usd('5.00')] };
  const rolloutId = await startRollout(system, { stages, gate });
  const handle = await temporal.sluice.ruleRollout({ setId, rolloutId, everyMs });
  await untilView(handle, { step: 1, reach: null });
  await delay(freshMs);

  const harmless = households(30).map((one) => ({ ...one, couponValueMinor: 0n }));
  await (await story.startBatch(harmless, 10)).result();
  await untilView(handle, { step: 2, reach: 100_000, version: 2, inForce: 2 });
  await delay(freshMs);
  await story.record([exampleRedemption({ id: 'ONE' })], story.id('single'));
  expect(await matchNow(story, 'ONE')).toEqual(usd('0.75'));

  const singles = households(8, 'COSTLY').map((one) => ({ ...one, couponValueMinor: 125n }));
  await Promise.all(
    singles.map(async (one) => {
      const single = await story.startRedemption(one);
      await until(async () => (await single.describe()).historyLength > 15);
    }),
  );
  await untilView(handle, { state: 'paused', step: 2 });
  const paused = await viewOf(handle);
  expect(paused?.why).toMatch(/^\d+\.\d\d USD moved, at most 5\.00 USD may$/);
  const page = await pageOf(handle);
  for (const line of ['| State | paused: ', '| Stage | 100 % (2 of 2) |', '| In force | v2 |']) {
    expect(page).toContain(line);
  }
  expect(page).toMatch(/\| Runs \| \d+ \|\n\| Differ \| \d+ \(\d+\.\d\d %\) \|/);
  const query = `NeedsOperator = true and RuleSetId = "${setId}" and WorkflowType = "ruleRollout"`;
  const run = await runOf(handle);
  await until(async () => {
    for await (const { runId } of temporal.client.workflow.list({ query })) {
      if (runId === run) return true;
    }
    return false;
  });

  const answered = await handle.executeUpdate('rollBackRollout', {
    args: [{ reason: 'too dear' }],
  });
  const askedMs = performance.now();
  expect(answered).toMatchObject({ state: 'rolled-back', inForce: 3, why: 'too dear' });
  await until(
    async () =>
      JSON.stringify(await matchNow(story, 'ONE')) === '{"amount":"0.25","currency":"USD"}',
  );
  expect(performance.now() - askedMs).toBeLessThan(freshMs + 500);
  expect(await handle.result()).toMatchObject({ state: 'rolled-back', version: 3 });
  const versions = await listRuleSetVersions(system.db.app, setId);
  expect(versions.map(({ publishedBy }) => publishedBy)).toEqual([
    `rollout ${rolloutId}, step 3`,
    `rollout ${rolloutId}, step 2`,
    'configuration',
  ]);
  await expect(
    handle.executeUpdate('rollBackRollout', { args: [{ reason: 'again' }] }),
  ).rejects.toThrow();
  await temporal.sluice.redemption({
    ...{ poolId: story.poolId, redemptionId: story.id('ONE'), mainAccountId: story.mainAccountId },
    watch: { pollMs: 100, returnPollMs: 3_600_000 },
  });
  await until(async () => (await violations(system)).length === 0);
});

test('one that was terminated goes on where its tables say; the next awaits the last', async () => {
  const rolloutId = await startRollout(system);
  const input = { setId, rolloutId, everyMs };
  const first = await temporal.sluice.ruleRollout(input);
  await untilView(first, { step: 1 });
  const run = await runOf(first);
  expect(await runOf(await temporal.sluice.ruleRollout(input))).toBe(run);
  await first.terminate('somebody did');
  const second = await temporal.sluice.ruleRollout(input);
  expect(await runOf(second)).not.toBe(run);
  await untilView(second, { step: 1, state: 'running' });
  await second.signal('pauseRollout', { reason: 'lunch' });
  await untilView(second, { state: 'paused', why: 'lunch' });
  await second.signal('resumeRollout');
  await untilView(second, { state: 'running', step: 2, why: 'resumed after: lunch' });

  await second.cancel();
  await until(async () => (await listRollouts(system.db.app, setId))[0]?.state === 'cancelled');
  const nextId = await startRollout(system);
  expect(nextId).toBe(`${setId}/2`);
  const next = await temporal.sluice.ruleRollout({ ...input, rolloutId: nextId });
  await untilView(next, { rolloutId: nextId, step: 1 });
  expect(next.workflowId).toBe(workflowIds.ruleRollout(setId));
  await expect(second.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
  const back = await next.executeUpdate('rollBackRollout', { args: [{ reason: 'the end' }] });
  expect(back).toMatchObject({ state: 'cancelled', inForce: 1 });
  expect(await readVersionsInForce(system.db.app)).toEqual([{ setId, version: 1, rollout: null }]);
  await next.result();
});
