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
    messages: [{ signal: 'closePool' }],
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

const closed = { kind: 'closed', released: [] };
const plan = {
  kind: 'planned',
  toppedUp: dollars('5.00'),
  payouts: [{ payoutId: 'pool-1/330/1', sellerId: '330', amount: dollars('5.00') }],
  more: false,
  held: [],
};

test('an open pool plans payouts as often as it is asked to', async () => {
  const asked: unknown[] = [];
  const { updates, outcome, log } = await harness.run({
    type: 'poolLifecycle',
    input,
    messages: [
      { update: 'planPayouts', args: [{ runId: 'monday' }] },
      { update: 'planPayouts', args: [{ runId: 'tuesday' }] },
      { signal: 'closePool' },
    ],
    activities: {
      sizePool: () => sized,
      openPool: () => opened,
      closePool: () => closed,
      planPayouts: (run: unknown) => {
        asked.push(run);
        return plan;
      },
    },
  });
  expect(updates).toEqual([plan, plan]);
  expect(asked).toEqual([
    { poolId: 'pool-1', mainAccountId: 'main', runId: 'monday' },
    { poolId: 'pool-1', mainAccountId: 'main', runId: 'tuesday' },
  ]);
  expect(log.at(-1)).toBe('activity closePool');
  expect(outcome.kind).toBe('completed');
});

test('a plan that is refused is the answer, and the pool stays open', async () => {
  const refusal = { kind: 'refusal', code: 'PAYOUTS_TOO_MANY', message: 'too many', details: {} };
  const { updates, outcome } = await harness.run({
    type: 'poolLifecycle',
    input,
    messages: [{ update: 'planPayouts', args: [{ runId: 'monday' }] }, { signal: 'closePool' }],
    activities: {
      sizePool: () => sized,
      openPool: () => opened,
      closePool: () => closed,
      planPayouts: () => refusal,
    },
  });
  expect(updates).toEqual([refusal]);
  expect(outcome.kind).toBe('completed');
});

test('a pool with a long history goes on as a new run, which opens nothing again', async () => {
  const first = await harness.run({
    type: 'poolLifecycle',
    input,
    continueAsNewFrom: 2,
    activities: { sizePool: () => sized, openPool: () => opened },
  });
  if (first.outcome.kind !== 'continued-as-new') throw new Error(first.outcome.kind);
  expect(first.outcome.input).toEqual({ ...input, progress: { sizing: sized, opened } });
  const second = await harness.run({
    type: 'poolLifecycle',
    input: first.outcome.input,
    messages: [{ signal: 'closePool' }],
    activities: { closePool: () => closed },
  });
  expect(second.log).toEqual(['signal closePool', 'activity closePool']);
  expect(second.attributeLog).toEqual(['PoolState=closing', 'PoolState=closed']);
  expect(second.outcome.kind).toBe('completed');
});

test.each([
  ['sizePool', 'CURRENCY_UNKNOWN'],
  ['closePool', 'POOL_UNKNOWN'],
])('a refusal of %s ends it with its code', async (step, code) => {
  const refusal = { kind: 'refusal', code, message: 'no', details: {} };
  const { outcome } = await harness.run({
    type: 'poolLifecycle',
    input,
    messages: [{ signal: 'closePool' }],
    activities: {
      ...{ sizePool: () => sized, openPool: () => opened, closePool: () => closed },
      [step]: () => refusal,
    },
  });
  expect(outcome).toMatchObject({ kind: 'failed', type: code });
});
