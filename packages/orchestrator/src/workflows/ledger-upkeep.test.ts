import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerSealed } from '../contract.ts';
import {
  createWorkflowHarness,
  type HarnessMessage,
  type HarnessResult,
  type WorkflowHarness,
} from '../testing/workflow-harness.ts';

let harness: WorkflowHarness;
beforeAll(async () => void (harness = await createWorkflowHarness()));
afterAll(() => harness.close());

const head = { number: 3, hash: 'f'.repeat(64), through: '2017-07-01T09:30:00.000Z' };
const sealed: LedgerSealed = { kind: 'sealed', seals: 1, transfers: 5, lagMs: 900, head };
const idle: LedgerSealed = { kind: 'nothing-new', seals: 0, transfers: 0, lagMs: 0, head };
const overtaken: LedgerSealed = { ...idle, kind: 'overtaken' };

/** Each answer in turn; the last one for ever. */
async function run(script: {
  readonly seals?: readonly LedgerSealed[];
  readonly expired?: readonly number[];
  readonly messages?: readonly HarnessMessage[];
  readonly input?: object;
  readonly cancelAt?: number;
  readonly continueAsNewFrom?: number;
}): Promise<HarnessResult> {
  const { seals = [idle], expired = [0], input = { everyMs: 30_000 }, ...options } = script;
  let rounds = 0;
  let looks = 0;
  return harness.run({
    ...{ type: 'ledgerUpkeep', input },
    ...options,
    activities: {
      expireHolds: () => {
        looks += 1;
        return { kind: 'expired', expired: expired[Math.min(looks, expired.length) - 1] };
      },
      sealLedger: () => {
        rounds += 1;
        return seals[Math.min(rounds, seals.length) - 1];
      },
    },
  });
}

const round = ['activity expireHolds', 'activity sealLedger'];

test('it frees holds, then seals, then waits for its next round', async () => {
  const { log, outcome } = await run({ seals: [sealed, idle], cancelAt: 6 });
  expect(log).toEqual([...round, 'timer 30000', ...round, 'timer 30000']);
  expect(outcome).toEqual({ kind: 'cancelled' });
});

test.each([
  ['holds', { expired: [1_000, 3] }],
  ['seals of another sealer', { seals: [overtaken, idle] }],
])('when there is more to do, %s, the next round begins at once', async (_, script) => {
  const { log } = await run({ ...script, cancelAt: 6 });
  expect(log.slice(0, 5)).toEqual([...round, ...round, 'timer 30000']);
});

test('it can be asked to look now, and more often from now on', async () => {
  const messages = [{ signal: 'keepUpEvery', args: [1_000] }];
  const { log } = await run({ messages, cancelAt: 6 });
  expect(log).toEqual([...round, 'timer 30000', 'signal keepUpEvery', ...round, 'timer 1000']);
});

test.each([0, -1, 1.5, Infinity])('a wish for every %s ms changes nothing', async (everyMs) => {
  const messages = [{ signal: 'keepUpEvery', args: [everyMs] }];
  const { log } = await run({ messages, cancelAt: 6 });
  expect(log.at(-1)).toBe('timer 30000');
});

test('it goes on as a new run with all that it has counted', async () => {
  const { outcome } = await run({
    input: { everyMs: 500, progress: { seals: 2, transfers: 8, holds: 1, last: idle } },
    seals: [sealed],
    expired: [4],
    continueAsNewFrom: 1,
  });
  expect(outcome).toEqual({
    kind: 'continued-as-new',
    input: { everyMs: 500, progress: { seals: 3, transfers: 13, holds: 5, last: sealed } },
  });
});

test.each([0, 0.5, 100_000_000])('an interval of %s ms is refused', async (everyMs) => {
  const { outcome } = await run({ input: { everyMs } });
  expect(outcome).toMatchObject({ kind: 'failed', type: 'INPUT_INVALID' });
});
