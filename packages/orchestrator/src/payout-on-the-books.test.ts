import { expectAnswer } from '@sluice/money';
import { readPayout } from '@sluice/payout';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activities, BatchProgress, PlannedPayout } from './contract.ts';
import { exampleRedemption } from './testing/examples.ts';
import { FailingDatabase, type Break } from './testing/failing-database.ts';
import { violations } from './testing/invariants.ts';
import type { Mood } from './testing/scripted-bank.ts';
import { openTestSystem, type TestSystem } from './testing/test-system.ts';
import { createWorkflowHarness, type WorkflowHarness } from './testing/workflow-harness.ts';

const moods: readonly Mood[] = ['book', 'accept', 'book-and-time-out', 'lose', 'reject'];
const steps = ['reservePayout', 'submitPayment', 'queryPayment'] as const;
const deaths: readonly { readonly at: Break; readonly end: 'final' | 'returned' }[] = [
  { at: { statement: 3 }, end: 'final' },
  { at: { afterCommit: 1 }, end: 'returned' },
  { at: { afterCommit: 2 }, end: 'final' },
];

let system: TestSystem;
let harness: WorkflowHarness;
const payouts: PlannedPayout[] = [];

beforeAll(async () => {
  [system, harness] = await Promise.all([openTestSystem(), createWorkflowHarness()]);
  await system.openPool();
  const sellers = moods.length * steps.length * deaths.length;
  const redemptions = Array.from({ length: sellers }, (_, index) =>
    exampleRedemption({ id: `RED-${index}`, sellerId: String(1_000 + index) }),
  );
  await system.record(redemptions);
  const progress: BatchProgress = {
    ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
    subsidy: null,
  };
  const chunk = { poolId: 'july', batchId: 'batch-1', limit: 100, progress };
  await system.activities.settleChunk(chunk);
  const run = { poolId: 'july', mainAccountId: 'main', runId: 'run-1' };
  payouts.push(...expectAnswer(await system.activities.planPayouts(run)).payouts);
  expect(payouts).toHaveLength(sellers);
});
afterAll(async () => {
  await harness.close();
  await system.close();
});

/** The real activities, of which one dies once and is tried again, as the server would. */
function dyingAt(step: (typeof steps)[number], at: Break): Activities {
  let hasDied = false;
  return {
    ...system.activities,
    [step]: async (input: never) => {
      const { app: database, owner } = system.db;
      const dying = system.activitiesOn(new FailingDatabase({ database, owner, at }));
      const answer = hasDied ? 'died' : await dying[step](input).catch(() => 'died');
      hasDied = true;
      return answer === 'died' ? system.activities[step](input) : answer;
    },
  };
}

/** The child workflow, with the real activities, too. */
async function redistribute(input: unknown): Promise<unknown> {
  const activities = { ...system.activities };
  const { outcome } = await harness.run({ type: 'redistribution', input, activities });
  if (outcome.kind !== 'completed') throw new Error(`the redistribution is ${outcome.kind}`);
  return outcome.result;
}

/** Follows one payout to its end, while the bank's days pass. */
async function follow(
  planned: PlannedPayout,
  activities: Activities,
  end: 'final' | 'returned',
): Promise<unknown> {
  const key = `${planned.payoutId}:1`;
  const watch = { pollMs: 1_000, returnPollMs: 1_000 };
  let looks = 0;
  const { outcome } = await harness.run({
    type: 'payout',
    input: { ...planned, mainAccountId: 'main', reference: 'july', watch },
    children: { redistribution: redistribute },
    activities: {
      ...activities,
      queryPayment: (payment: never) => {
        looks += 1;
        // What was lost once gets through the next time.
        if (looks === 2) system.bank.moods.delete(key);
        if (looks > 2) system.bank.passDay(key, end);
        return activities.queryPayment(payment);
      },
    },
  });
  return outcome.kind === 'completed' ? outcome.result : outcome;
}

describe.each(moods)('a bank whose mood is to %s', (mood) => {
  test.each(steps)('pays once, and the books agree, though %s dies', async (step) => {
    for (const { at, end } of deaths) {
      const planned = payouts.shift()!;
      const key = `${planned.payoutId}:1`;
      system.bank.moods.set(key, mood);
      const state = mood === 'reject' ? 'rejected' : end;
      const view = await follow(planned, dyingAt(step, at), end);
      expect(view).toMatchObject({ kind: 'payout', state });
      expect(await readPayout(system.db.app, planned.payoutId)).toMatchObject({ state });
      const payments = await system.bank.payments();
      expect(payments.filter(({ attemptKey }) => attemptKey === key)).toHaveLength(1);
      const calls = system.bank.calls.filter((call) => call.includes(` ${key}`));
      calls.forEach((call, place) => {
        // Again only after the bank said that it has not seen it.
        const isAgain = call.startsWith('submit') && place > 0;
        if (isAgain) expect(calls[place - 1]).toBe(`query ${key} not-found`);
      });
    }
    expect(await violations(system)).toEqual([]);
  });
});
