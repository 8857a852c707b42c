import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RuleRolloutInput, RuleRolloutView } from '../rule-rollout-contract.ts';
import {
  createWorkflowHarness,
  type HarnessRun,
  type HarnessResult,
  type WorkflowHarness,
} from '../testing/workflow-harness.ts';

let harness: WorkflowHarness;
beforeAll(async () => void (harness = await createWorkflowHarness()));
afterAll(() => harness.close());

const input: RuleRolloutInput = { setId: 'discounts', rolloutId: 'discounts/1', everyMs: 5_000 };

const first: RuleRolloutView = {
  ...{ kind: 'rollout', rolloutId: 'discounts/1', state: 'running', why: 'begun' },
  ...{ baseVersion: 1, inForce: 1, step: 0, stage: null, stages: 3, reach: null, version: null },
  report: { runs: 0, disagreements: 0, failures: 0, difference: [], moved: [] },
  ...{ verdict: 'go', reason: 'nothing has begun' },
};

type Look = Pick<RuleRolloutView, 'verdict' | 'reason'>;
const go: Look = { verdict: 'go', reason: '10 runs kept to the gate' };
const wait: Look = { verdict: 'wait', reason: '3 of 10 runs so far' };
const tooMuch: Look = { verdict: 'pause', reason: '2.00 USD moved, at most 1.00 USD may' };

/** A rollout of three stages as its tables would have it; each look finds the next of these. */
class Tables {
  view = first;
  readonly #looks: Look[];

  constructor(looks: readonly Look[], view: RuleRolloutView = first) {
    this.#looks = [...looks];
    this.view = view;
  }

  readonly activities: HarnessRun['activities'] = {
    lookAtRollout: () => {
      if (this.view.step === 0) return this.view;
      const { verdict, reason } = this.#looks.shift() ?? wait;
      const paused = verdict === 'pause' && this.view.state === 'running';
      return this.#now({ verdict, reason, ...(paused ? { state: 'paused', why: reason } : {}) });
    },
    growRollout: ({ afterStep }: { readonly afterStep: number }) => {
      expect(afterStep).toBe(this.view.step);
      const stage = (this.view.stage ?? -1) + 1;
      if (stage === 3) return this.#now({ state: 'completed', verdict: 'wait', why: 'it kept' });
      const reach = [null, 5_000, 100_000][stage] ?? null;
      const version = reach === null ? null : stage + 1;
      const inForce = version ?? 1;
      return this.#now({ step: afterStep + 1, stage, reach, version, inForce, ...wait });
    },
    pauseRollout: ({ reason }: { readonly reason: string }) =>
      this.#now({ state: 'paused', why: reason }),
    resumeRollout: ({ afterStep }: { readonly afterStep: number }) => {
      expect(afterStep).toBe(this.view.step);
      return this.#now({ state: 'running', step: afterStep + 1, ...wait });
    },
    rollBackRollout: ({ reason }: { readonly reason: string }) =>
      this.#now({ state: 'rolled-back', why: reason, stage: null, inForce: 9 }),
  };

  #now(change: Partial<RuleRolloutView>): RuleRolloutView {
    this.view = { ...this.view, ...change };
    return this.view;
  }
}

async function run(
  looks: readonly Look[],
  options: Partial<HarnessRun> = {},
): Promise<HarnessResult> {
  const { activities } = new Tables(looks);
  return harness.run({ type: 'ruleRollout', input, activities, ...options });
}

const begin = ['activity lookAtRollout', 'activity growRollout'];
const look = ['timer 5000', 'activity lookAtRollout'];
const back = { update: 'rollBackRollout', args: [{ reason: 'it was wrong' }] };

test('a rollout goes from stage to stage as its gate lets it, and completes', async () => {
  const { log, outcome, searchAttributes, virtualMs } = await run([go, wait, go, go]);
  expect(log).toEqual([
    ...begin,
    ...[...look, 'activity growRollout'],
    ...[...look, ...look, 'activity growRollout'],
    ...[...look, 'activity growRollout'],
  ]);
  expect(outcome).toMatchObject({ kind: 'completed', result: { state: 'completed', inForce: 3 } });
  expect(searchAttributes).toEqual({ RuleSetId: 'discounts', NeedsOperator: false });
  expect(virtualMs).toBe(20_000);
});

test('a rollout pauses itself, calls for an operator, and goes on when it is told', async () => {
  const messages = [{ signal: 'resumeRollout', afterMs: 3_600_000 }];
  const { log, outcome, attributeLog } = await run([go, tooMuch, go, go], { messages });
  expect(log).toEqual([
    ...begin,
    ...[...look, 'activity growRollout'],
    ...[...look, 'signal resumeRollout', 'activity resumeRollout'],
    ...[...look, 'activity growRollout'],
    ...[...look, 'activity growRollout'],
  ]);
  expect(outcome).toMatchObject({ kind: 'completed', result: { state: 'completed', step: 4 } });
  expect(attributeLog).toEqual([
    ...['RuleSetId=discounts', 'NeedsOperator=false'],
    ...['NeedsOperator=true', 'NeedsOperator=false'],
  ]);
});

test('a person can pause and resume it; what is not paused is not resumed', async () => {
  const messages = [
    { signal: 'resumeRollout' },
    { signal: 'pauseRollout', args: [{ reason: 'lunch' }] },
    { signal: 'pauseRollout', args: [{ reason: 'again' }] },
    { signal: 'resumeRollout' },
    back,
  ];
  const { log, outcome } = await run([], { messages });
  expect(log).toEqual([
    ...[...begin, 'timer 5000', 'signal resumeRollout', 'activity lookAtRollout'],
    ...['timer 5000', 'signal pauseRollout', 'activity pauseRollout'],
    ...['signal pauseRollout', 'activity lookAtRollout'],
    ...['signal resumeRollout', 'activity resumeRollout', 'timer 5000'],
    ...['update rollBackRollout', 'activity rollBackRollout'],
  ]);
  expect(outcome).toMatchObject({ kind: 'completed', result: { why: 'it was wrong' } });
});

test.each([
  ['while it waits', [go], 5_000],
  ['while it is paused', [tooMuch], 3_600_000],
  ['in shadow', [], 0],
])('it is rolled back at once %s, and answers where it stands', async (_, looks, afterMs) => {
  const { log, outcome, updates, virtualMs } = await run(looks, {
    messages: [{ ...back, afterMs }],
  });
  expect(log.slice(-2)).toEqual(['update rollBackRollout', 'activity rollBackRollout']);
  expect(updates).toMatchObject([{ state: 'rolled-back', inForce: 9 }]);
  expect(outcome).toMatchObject({ kind: 'completed', result: { state: 'rolled-back' } });
  expect(virtualMs).toBeLessThanOrEqual(5_000);
});

test('cancelled, it is rolled back first, whatever it was doing', async () => {
  for (let cancelAt = 1; cancelAt < 9; cancelAt += 1) {
    const { log, outcome } = await run([go, go], { cancelAt });
    expect(log.at(-1)).toBe('activity rollBackRollout');
    expect(outcome).toEqual({ kind: 'cancelled' });
  }
});

test('it goes on as a new run from where it stood, and calls for nobody anew', async () => {
  const before = await run([go, go], { continueAsNewFrom: 3 });
  expect(before.outcome).toMatchObject({
    kind: 'continued-as-new',
    input: { ...input, progress: { step: 1, state: 'running', verdict: 'wait' } },
  });
  const { input: next } = before.outcome as { readonly input: RuleRolloutInput };
  const { activities } = new Tables([go, go, go], next.progress);
  const after = await harness.run({ type: 'ruleRollout', input: next, activities });
  expect(after.log.slice(0, 2)).toEqual(['activity lookAtRollout', 'activity growRollout']);
  expect(after.outcome).toMatchObject({ kind: 'completed', result: { state: 'completed' } });
  expect(after.attributeLog).toEqual([]);
});

test('a second one of the same set finds its rollout ended, and ends', async () => {
  const { activities } = new Tables([], { ...first, state: 'cancelled' });
  const { log, outcome } = await harness.run({ type: 'ruleRollout', input, activities });
  expect(log).toEqual(['activity lookAtRollout']);
  expect(outcome).toMatchObject({ kind: 'completed', result: { state: 'cancelled' } });
});

test('a rollout that nobody recorded fails it with the code', async () => {
  const refusal = { kind: 'refusal', code: 'ROLLOUT_UNKNOWN', message: 'none', details: {} };
  const activities = { lookAtRollout: () => refusal };
  const { outcome } = await harness.run({ type: 'ruleRollout', input, activities });
  expect(outcome).toMatchObject({ kind: 'failed', type: 'ROLLOUT_UNKNOWN' });
});

test.each([0, 0.5, 100_000_000])('a look every %s ms is refused', async (everyMs) => {
  const { outcome } = await run([], { input: { ...input, everyMs } });
  expect(outcome).toMatchObject({ kind: 'failed', type: 'INPUT_INVALID' });
});
