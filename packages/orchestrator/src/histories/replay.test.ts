import { readdir, readFile } from 'node:fs/promises';
import { DefaultLogger, Runtime, Worker, type ReplayResult } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { beforeAll, expect, test } from 'vitest';
import { bundleWorkflows } from '../worker/bundle-workflows.ts';

const folder = new URL('.', import.meta.url);
const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();

let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  // The core would tell of each broken replay; the tests do.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'OFF' } },
  });
  workflowBundle = await bundleWorkflows();
});

const textOf = (name: string): Promise<string> => readFile(new URL(name, folder), 'utf8');

async function replay(histories: Readonly<Record<string, string>>): Promise<ReplayResult[]> {
  const loaded = Object.entries(histories).map(([workflowId, text]) => ({
    workflowId,
    history: historyFromJSON(JSON.parse(text)),
  }));
  const results: ReplayResult[] = [];
  for await (const result of Worker.runReplayHistories({ workflowBundle }, loaded)) {
    results.push(result);
  }
  return results;
}

test('every recorded run replays on the code of today (I14)', async () => {
  expect(names.length).toBeGreaterThan(0);
  const texts = await Promise.all(names.map(async (name) => [name, await textOf(name)] as const));
  const results = await replay(Object.fromEntries(texts));
  expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(results).toHaveLength(names.length);
});

test('there is a recorded run of every workflow', async () => {
  const types = new Set<string>();
  for (const name of names) {
    const [type] = /(?<="workflowType": \{\s*"name": ")\w+/.exec(await textOf(name)) ?? [];
    types.add(type ?? name);
  }
  expect([...types].sort()).toEqual([
    'bookingBatch',
    'ledgerUpkeep',
    'payout',
    'poolLifecycle',
    'redemptionBatch',
    'redistribution',
    'ruleRollout',
    'subsidyPayout',
  ]);
});

test.each([
  ['payout-unclear-then-final.json', '"queryPayment"', '"submitPayment"'],
  ['booking-batch-refused-unclear-sent.json', '"sendBookingBatch"', '"lookAtBookings"'],
  ['rule-rollout-rolled-back.json', '"growRollout"', '"lookAtRollout"'],
  ['redistribution.json', '"moveBalances"', '"completeRedistribution"'],
  ['redemption-batch-four-chunks.json', '"settleChunk"', '"drawAndBook"'],
])('a run of %s that did something else is found out', async (name, did, instead) => {
  const text = await textOf(name);
  expect(text).toContain(did);
  const [result] = await replay({ [name]: text.replaceAll(did, instead) });
  expect(result?.error?.name).toBe('DeterminismViolationError');
});
