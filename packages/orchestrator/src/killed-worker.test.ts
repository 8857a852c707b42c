import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expectAnswer } from '@sluice/money';
import { readPool } from '@sluice/pool';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { BatchProgress } from './contract.ts';
import { manyRedemptions, usdMinor } from './testing/examples.ts';
import { violations } from './testing/invariants.ts';
import { Story, until } from './testing/story.ts';
import { connectTestTemporal, type TestTemporal } from './testing/test-temporal.ts';
import { configFolder, openTestSystem, type TestSystem } from './testing/test-system.ts';

// Servers and a busy machine take their time; what is waited for is looked for all the while.
vi.setConfig({ testTimeout: 90_000 });

let system: TestSystem;
let temporal: TestTemporal;
let worker: { stop(): Promise<void> } | undefined;
let killed: ChildProcess | undefined;

beforeAll(async () => {
  [system, temporal] = await Promise.all([openTestSystem(), connectTestTemporal()]);
  killed = await startWorkerProcess();
});
afterAll(async () => {
  killed?.kill('SIGKILL');
  await worker?.stop();
  await temporal.close();
  await system.close();
});

async function startWorkerProcess(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('testing/worker-process.ts', import.meta.url));
  const args = [temporal.address, temporal.taskQueue, system.db.url, configFolder];
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', () => resolve());
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
  });
  return child;
}

test('a worker that is killed in a batch leaves the rest to another: the same result', async () => {
  const story = new Story(temporal, system, 'killed');
  await story.openPool();
  const batch = await story.startBatch(manyRedemptions(600, { days: 4 }), 10);
  await until(async () => {
    const { paid } = await batch.query<BatchProgress, []>('batchProgress');
    return paid >= 60;
  });
  killed?.kill('SIGKILL');
  const { drawnMinor } = expectAnswer(await readPool(system.db.app, story.poolId));
  expect(drawnMinor).toBeGreaterThan(0n);

  worker = await temporal.startWorker(system.activities);
  const progress = await batch.result();
  const pool = expectAnswer(await readPool(system.db.app, story.poolId));
  expect(pool.drawnMinor).toBeGreaterThan(drawnMinor);
  expect(progress).toMatchObject({ parked: 0, subsidy: usdMinor(pool.drawnMinor) });
  expect(progress.paid + progress.refused).toBe(600);
  expect(await violations(system)).toEqual([]);
});
