import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkflowHarness, type WorkflowHarness } from '../testing/workflow-harness.ts';

let harness: WorkflowHarness;
beforeAll(async () => void (harness = await createWorkflowHarness()));
afterAll(() => harness.close());

const input = { mainAccountId: 'main', generation: 1 };
const redistributed = {
  kind: 'redistributed',
  generation: 2,
  subAccounts: 7,
};

test('a redistribution begins, moves the whole balance and completes', async () => {
  const { outcome, log, searchAttributes } = await harness.run({
    type: 'redistribution',
    input,
    activities: {
      beginRedistribution: () => ({ kind: 'begun', subAccounts: 7 }),
      moveBalances: () => ({ kind: 'moved', moves: 8 }),
      completeRedistribution: () => redistributed,
    },
  });
  expect(outcome).toEqual({ kind: 'completed', result: redistributed });
  expect(log).toEqual([
    'activity beginRedistribution',
    'activity moveBalances',
    'activity completeRedistribution',
  ]);
  expect(searchAttributes['MainAccountId']).toBe('main');
});

test('one that nobody needs any more moves nothing', async () => {
  const { log, outcome } = await harness.run({
    type: 'redistribution',
    input,
    activities: { beginRedistribution: () => ({ kind: 'not-needed', subAccounts: 7 }) },
  });
  expect(log).toEqual(['activity beginRedistribution']);
  expect(outcome).toMatchObject({ result: { kind: 'not-needed' } });
});

test('a refusal to begin ends it with the code as the type of failure', async () => {
  const { outcome } = await harness.run({
    type: 'redistribution',
    input,
    activities: {
      beginRedistribution: () => ({
        kind: 'refusal',
        code: 'MAIN_ACCOUNT_UNKNOWN',
        message: 'there is no main account "main"',
        details: {},
      }),
    },
  });
  expect(outcome).toMatchObject({ kind: 'failed', type: 'MAIN_ACCOUNT_UNKNOWN' });
});

test.each([1, 2, 3])(
  'a request to cancel at activation %s does not stop it half-way',
  async (at) => {
    const { outcome, log } = await harness.run({
      type: 'redistribution',
      input,
      cancelAt: at,
      activities: {
        beginRedistribution: () => ({ kind: 'begun', subAccounts: 7 }),
        moveBalances: () => ({ kind: 'moved', moves: 8 }),
        completeRedistribution: () => redistributed,
      },
    });
    expect(outcome).toEqual({ kind: 'completed', result: redistributed });
    expect(log).toHaveLength(3);
  },
);
