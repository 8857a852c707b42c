import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PoolLifecycleInput } from '../contract.ts';
import { createWorkflowHarness, type WorkflowHarness } from '../testing/workflow-harness.ts';

let harness: WorkflowHarness;
beforeAll(async () => void (harness = await createWorkflowHarness()));
afterAll(() => harness.close());

const dollars = (amount: string): { amount: string; currency: string } => ({
  amount,
  currency: 'USD',
});
const input: PoolLifecycleInput = {
  poolId: 'pool-1',
  name: 'July',
  currency: 'USD',
  opensOn: '2017-07-01',
  closesOn: '2017-07-28',
  weeks: 4,
  sources: [],
  mainAccount: {
    id: 'main',
    subAccounts: 8,
    presetShareBps: 10_000,
    threshold: dollars('100.00'),
    waitMs: 200,
  },
};
const sized = {
  kind: 'sized',
  sellers: 2,
  expected: dollars('9.00'),
  size: dollars('10.00'),
  model: 'mean',
};
const opened = { kind: 'opened', size: dollars('10.00'), mandates: 1, mandated: dollars('10.00') };

test('a pool is sized, opened, and closed when it is told to', async () => {
  const { outcome, log, searchAttributes } = await harness.run({
    type: 'poolLifecycle',
    input,
    signals: [{ name: 'closePool' }],
    activities: {
      sizePool: () => sized,
      openPool: () => opened,
      closePool: () => ({ kind: 'closed', released: [] }),
    },
  });
  expect(log).toEqual([
    'activity sizePool',
    'activity openPool',
    'signal closePool',
    'activity closePool',
  ]);
  expect(outcome).toEqual({ kind: 'completed', result: { kind: 'closed', released: [] } });
  expect(searchAttributes['PoolState']).toBe('closed');
});

test('sources that cannot cover the size end it before anything is opened', async () => {
  const { outcome, log } = await harness.run({
    type: 'poolLifecycle',
    input,
    activities: {
      sizePool: () => sized,
      openPool: () => ({
        kind: 'refusal',
        code: 'FUNDING_INSUFFICIENT',
        message: '1.00 USD is missing',
        details: { missing: '1.00' },
      }),
    },
  });
  expect(outcome).toMatchObject({ kind: 'failed', type: 'FUNDING_INSUFFICIENT' });
  expect(log).toEqual(['activity sizePool', 'activity openPool']);
});
