import { expectAnswer } from '@sluice/money';
import { readOutcomes, type Redemption } from '@sluice/pool';
import { ruleSetToJson } from '@sluice/rule-engine';
import { readVersionsInForce } from '@sluice/rulebook';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BatchProgress } from '../contract.ts';
import type { RuleRolloutView } from '../rule-rollout-contract.ts';
import { exampleRedemption, usd, usdMinor } from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import {
  addedRule,
  draftOf,
  draftText,
  households,
  matchMinor,
  publish,
  setId,
  springBucket,
  springTerms,
  startRollout,
} from '../testing/rollouts.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';
import { RuleBook } from './rule-book.ts';
import { tallyRuns } from './rule-rollout-runs.ts';

const progress: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};
const room = { ...springTerms.gate, moved: [usd('10000.00')] };

let system: TestSystem;
beforeEach(async () => {
  system = await openTestSystem();
  await system.openPool();
});
afterEach(async () => {
  expect(await violations(system)).toEqual([]);
  await system.close();
});

/** Settles redemptions in chunks, by a worker that has just started. */
async function settle(redemptions: readonly Redemption[], batchId: string): Promise<void> {
  await system.record(redemptions, batchId);
  const worker = system.activitiesOn(system.db.app);
  let done = progress;
  for (let rows = 40; rows === 40;) {
    const input = { poolId: 'july', batchId, limit: 40, progress: done };
    const chunk = expectAnswer(await worker.settleChunk(input));
    [rows, done] = [chunk.rows, chunk.progress];
  }
}

async function grow(rolloutId: string, afterStep: number): Promise<RuleRolloutView> {
  return expectAnswer(await system.activities.growRollout({ rolloutId, afterStep }));
}

async function look(rolloutId: string): Promise<RuleRolloutView> {
  return expectAnswer(await system.activities.lookAtRollout({ rolloutId }));
}

async function rollBack(rolloutId: string): Promise<RuleRolloutView> {
  const wish = { rolloutId, reason: 'it was wrong' };
  return expectAnswer(await system.activities.rollBackRollout(wish));
}

/** The match that each redemption was given, in minor units, with the version that gave it. */
async function matchesOf(
  redemptions: readonly Redemption[],
): Promise<ReadonlyMap<string, readonly [minor: bigint, by: string]>> {
  const outcomes = await readOutcomes(
    system.db.app,
    redemptions.map(({ id }) => id),
  );
  return new Map(
    outcomes.map(({ redemptionId, explanation }) => {
      const { discounts } = explanation as {
        readonly discounts: Readonly<Record<string, { amount: string; rule: string }>>;
      };
      const { amount = '0.00', rule = '' } = discounts['match'] ?? {};
      return [redemptionId, [BigInt(amount.replace('.', '')), rule] as const];
    }),
  );
}

/** What a rollout ought to have counted, worked out without the rule engine. */
function reckoned(redemptions: readonly Redemption[], reach: number): RuleRolloutView['report'] {
  const differences = redemptions
    .map((one) => matchMinor(one, reach) - matchMinor(one, 0))
    .filter((minor) => minor !== 0n);
  const sum = (minors: readonly bigint[]): bigint => minors.reduce((all, one) => all + one, 0n);
  const money = (minor: bigint): RuleRolloutView['report']['moved'] =>
    differences.length === 0 ? [] : [usdMinor(minor)];
  return {
    ...{ runs: redemptions.length, disagreements: differences.length, failures: 0 },
    difference: money(sum(differences)),
    moved: money(sum(differences.map((minor) => (minor < 0n ? -minor : minor)))),
  };
}

describe('what is counted', () => {
  test('in shadow the base pays, and the money difference is as reckoned by hand', async () => {
    const rolloutId = await startRollout(system, { gate: room });
    await grow(rolloutId, 0);
    const redemptions = households(300);
    await settle(redemptions, 'batch-1');
    const view = await look(rolloutId);
    expect(view).toMatchObject({ step: 1, version: null, inForce: 1, verdict: 'go' });
    expect(view.report).toEqual(reckoned(redemptions, 100_000));
    expect(view.report.disagreements).toBeGreaterThan(50);
    const matches = await matchesOf(redemptions);
    for (const one of redemptions) expect(matches.get(one.id)?.[0]).toBe(matchMinor(one, 0));
  });

  test('at a reach its units get the draft, all others the base, to the cent', async () => {
    const stages = [20_000, 100_000].map((reach) => ({ reach, fewestRuns: 20 }));
    const rolloutId = await startRollout(system, { gate: room, stages });
    await grow(rolloutId, 0);
    const redemptions = households(400);
    await settle(redemptions, 'batch-1');
    const { report, inForce } = await look(rolloutId);
    expect(inForce).toBe(2);
    expect(report).toEqual(reckoned(redemptions, 20_000));
    expect(report.disagreements).toBeGreaterThan(5);
    const matches = await matchesOf(redemptions);
    for (const one of redemptions) {
      expect(matches.get(one.id)?.[0]).toBe(matchMinor(one, 20_000));
      expect(matches.get(one.id)?.[1] ?? '').toMatch(/^$|@2\//);
    }
  });

  test('nobody who is in leaves as it grows', async () => {
    const stages = [5_000, 30_000, 100_000].map((reach) => ({ reach, fewestRuns: 1 }));
    const rolloutId = await startRollout(system, { gate: room, stages });
    let before: ReadonlySet<string> = new Set();
    for (const step of [0, 1, 2]) {
      await grow(rolloutId, step);
      const redemptions = households(600, `STEP-${step}`);
      await settle(redemptions, `batch-${step}`);
      const matches = await matchesOf(redemptions);
      const reached = new Set(
        redemptions
          .filter(({ id }) => matches.get(id)?.[1].endsWith('doubled-up-to-two'))
          .map(({ userId }) => userId),
      );
      expect([...before].filter((userId) => !reached.has(userId))).toEqual([]);
      expect(reached.size).toBeGreaterThan(before.size);
      before = reached;
    }
  });

  test('each redemption is one run, also when both lanes settle it at the same time', async () => {
    const rolloutId = await startRollout(system, { gate: room });
    await grow(rolloutId, 0);
    const redemptions = households(60);
    await system.record(redemptions);
    const chunk = { poolId: 'july', batchId: 'batch-1', limit: 30, progress };
    const bulk = async (): Promise<void> => {
      const worker = system.activitiesOn(system.db.app, { workflowId: 'batch:1' });
      const first = expectAnswer(await worker.settleChunk(chunk));
      await worker.settleChunk({ ...chunk, progress: first.progress });
    };
    const singles = redemptions.slice(10, 50).map(async ({ id }, index) => {
      const info = { workflowId: `redemption:${index}` };
      const worker = system.activitiesOn(system.db.app, info);
      await worker.drawAndBook({ poolId: 'july', redemptionId: id });
    });
    await Promise.all([bulk(), ...singles, bulk()]);
    expect((await look(rolloutId)).report).toEqual(reckoned(redemptions, 100_000));
    await bulk();
    expect((await look(rolloutId)).report.runs).toBe(60);
  });

  test('a redemption that the draft cannot tell is a failure; in shadow it is paid', async () => {
    const rule = addedRule
      .replace(/&& coupon.value >[^]*line.quantity > 0/, '&& line.paid > money("0.00", "EUR")')
      .replace(/then: .*,/, 'then: money("0.10", "USD"),');
    const facts = 'rollout.unit: text, line.paid: money("EUR"),';
    const draft = draftOf(draftText(rule).replace('rollout.unit: text,', facts));
    const stages = [null, 100_000].map((reach) => ({ reach, fewestRuns: 2 }));
    const rolloutId = await startRollout(system, { draft, gate: room, stages });
    await grow(rolloutId, 0);
    const dear = exampleRedemption({ id: 'RED-2', couponValueMinor: 150n });
    await settle([exampleRedemption(), dear], 'batch-1');
    const view = await look(rolloutId);
    expect(view.report).toMatchObject({ runs: 2, disagreements: 1, failures: 1, moved: [] });
    expect(view).toMatchObject({
      ...{ state: 'paused', why: '1 of 2 runs failed, at most 0 in a million may' },
    });
    const outcomes = await readOutcomes(system.db.app, ['RED-1', 'RED-2']);
    expect(outcomes.map(({ status }) => status)).toEqual(['paid', 'paid']);
  });

  test('whom a till counted is whom the server counts, before and after they log in', async () => {
    const stages = [{ reach: 50_000, fewestRuns: 1 }];
    const rolloutId = await startRollout(system, { gate: room, stages });
    await grow(rolloutId, 0);
    const book = new RuleBook(system.program);
    await book.refresh(system.db.app);
    const [compared] = book.rollouts;
    const units = Array.from({ length: 40 }, (_, till) => `device:till-${till}`);
    const reached = units.filter((unit) => springBucket(unit) < 50_000n);
    expect(reached.length).toBeGreaterThan(10);
    expect(reached.length).toBeLessThan(30);
    for (const unit of units) {
      const redemption = exampleRedemption({ userId: 'household-2' });
      const decision = { at: '2017-07-03', device: null, unit, ruleSets: [], records: new Map() };
      const tills = new Map([[redemption.id, { decision, discounts: [] }]]);
      const { disagreements } = tallyRuns(compared!.kinds, [redemption], tills);
      expect(disagreements).toBe(reached.includes(unit) ? 1 : 0);
    }
  });

  test('nothing is counted, nor asked of the database, without a rollout', async () => {
    const book = new RuleBook(system.program);
    const asked: string[] = [];
    const counting: TestSystem['db']['app']['query'] = (sql, values) => {
      asked.push(sql);
      return system.db.app.query(sql, values);
    };
    await book.refresh({ query: counting });
    expect(book.rollouts).toEqual([]);
    expect(asked).toHaveLength(2);
    const rolloutId = await startRollout(system);
    await rollBack(rolloutId);
    await settle(households(20), 'batch-1');
    expect((await look(rolloutId)).report.runs).toBe(0);
  });
});

describe('a gate', () => {
  test('pauses the rollout once too much money moved, and does not let it grow', async () => {
    const gate = { ...room, moved: [usd('5.00')] };
    const rolloutId = await startRollout(system, { gate });
    await grow(rolloutId, 0);
    await settle(households(100), 'batch-1');
    const paused = await look(rolloutId);
    expect(paused).toMatchObject({ state: 'paused', verdict: 'pause', step: 1 });
    expect(paused.why).toBe(`${paused.report.moved[0]?.amount} USD moved, at most 5.00 USD may`);
    expect(await grow(rolloutId, 1)).toEqual(paused);
    const resumed = expectAnswer(
      await system.activities.resumeRollout({ rolloutId, afterStep: 1 }),
    );
    expect(resumed).toMatchObject({ state: 'running', step: 2, reach: null, verdict: 'wait' });
    expect(resumed.report.runs).toBe(0);
  });

  test('is asked again when it grows: what came in since the look may be too much', async () => {
    const rolloutId = await startRollout(system, { gate: { ...room, moved: [usd('1.00')] } });
    await grow(rolloutId, 0);
    await settle(
      households(20).map((one) => ({ ...one, couponValueMinor: 0n })),
      'batch-1',
    );
    expect(await look(rolloutId)).toMatchObject({ verdict: 'go', state: 'running' });
    await settle(households(40, 'LATE'), 'batch-2');
    expect(await grow(rolloutId, 1)).toMatchObject({ state: 'paused', step: 1, inForce: 1 });
  });

  test('lets it grow, and complete, with what it kept to as the reason', async () => {
    const rolloutId = await startRollout(system, { gate: room });
    await grow(rolloutId, 0);
    expect(await grow(rolloutId, 1)).toMatchObject({ step: 1, verdict: 'wait' });
    for (const step of [1, 2, 3]) {
      await settle(households(20, `STEP-${step}`), `batch-${step}`);
      await grow(rolloutId, step);
    }
    expect(await look(rolloutId)).toMatchObject({
      ...{ state: 'completed', why: '20 runs kept to the gate', inForce: 3 },
      ...{ verdict: 'wait', reason: 'it has ended' },
    });
  });
});

describe('rolling back', () => {
  test('restores the old decision on a running worker within a second', async () => {
    const stages = [{ reach: 100_000, fewestRuns: 1 }];
    const rolloutId = await startRollout(system, { gate: room, stages });
    await grow(rolloutId, 0);
    vi.useFakeTimers({ toFake: ['Date'] });
    const worker = system.activitiesOn(system.db.app);
    await system.record([exampleRedemption()]);
    const match = async (): Promise<unknown> =>
      expectAnswer(await worker.decideDiscounts({ redemptionId: 'RED-1' })).discounts['match'];
    expect(await match()).toEqual(usd('0.75'));
    const back = await rollBack(rolloutId);
    expect(back).toMatchObject({ state: 'rolled-back', inForce: 3, baseVersion: 1 });
    vi.setSystemTime(Date.now() + 1_000);
    expect(await match()).toEqual(usd('0.25'));
    vi.useRealTimers();
    await settle([], 'batch-1');
    const versions = await readVersionsInForce(system.db.app);
    expect(versions).toEqual([{ setId, version: 3, rollout: null }]);
  });

  test('of one that was published past ends it and leaves what is in force', async () => {
    const rolloutId = await startRollout(system, { gate: room });
    await grow(rolloutId, 0);
    const base = ruleSetToJson(system.program.ruleSets[0]!) as Readonly<Record<string, never>>;
    await publish(system, { ...base, version: 2 });
    await settle(households(30), 'batch-1');
    const view = await look(rolloutId);
    expect(view).toMatchObject({ state: 'paused', verdict: 'pause', report: { runs: 0 } });
    expect(view.why).toBe('v2, published by a colleague, is in force, not v1: roll back to end');
    expect(await rollBack(rolloutId)).toMatchObject({ state: 'cancelled', inForce: 2 });
  });
});

test('the steps of a rollout that nobody recorded are refused', async () => {
  const input = { rolloutId: 'nobody/1', afterStep: 0, reason: 'no' };
  const { activities } = system;
  for (const answer of [
    await activities.lookAtRollout(input),
    await activities.growRollout(input),
    await activities.pauseRollout(input),
    await activities.resumeRollout(input),
    await activities.rollBackRollout(input),
  ]) {
    expect(answer).toMatchObject({ code: 'ROLLOUT_UNKNOWN' });
  }
});
