import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  countBookingBatches,
  createHttpAccountingServer,
  listBookingTasks,
  type BookingTriggers,
} from '@sluice/ledger';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { BookingBatchProgress } from './contract.ts';
import { workflowIds } from './names.ts';
import { startAccountingProcess, type AccountingProcess } from './testing/accounting-process.ts';
import { manyRedemptions } from './testing/examples.ts';
import { violations } from './testing/invariants.ts';
import { Story, until } from './testing/story.ts';
import { connectTestTemporal, type TestTemporal } from './testing/test-temporal.ts';
import { configFolder, openTestSystem, type TestSystem } from './testing/test-system.ts';

// Servers and a busy machine take their time; what is waited for is looked for all the while.
vi.setConfig({ testTimeout: 90_000 });

/** Loyalty is sent by entries, coupons by accounts, the rest by its period. */
const triggers: BookingTriggers = {
  of: (_, rule) => ({
    periodMs: rule === 'subsidy.loyalty' || rule === 'subsidy.coupon' ? 8_000 : 1_500,
    maxAccounts: rule === 'subsidy.coupon' ? 4 : null,
    maxEntries: rule === 'subsidy.loyalty' ? 3 : null,
  }),
};

let temporal: TestTemporal;
let server: AccountingProcess;
let system: TestSystem;
let worker: { stop(): Promise<void> } | undefined;
let killed: ChildProcess | undefined;

beforeAll(async () => {
  [temporal, server] = await Promise.all([connectTestTemporal(), startAccountingProcess()]);
  system = await openTestSystem({
    triggers,
    accounting: createHttpAccountingServer({ baseUrl: server.baseUrl, timeoutMs: 1_500 }),
    wakeBookings: (rule) => temporal.sluice.bookings(rule),
  });
});
afterAll(async () => {
  killed?.kill('SIGKILL');
  await worker?.stop();
  await temporal.close();
  server.stop();
  await system.close();
});

/** The step of a killed worker is given to another one only when its heartbeat is missed. */
async function untilAllSent(): Promise<void> {
  const states = async (): Promise<readonly string[]> => {
    const counted = await countBookingBatches(system.db.app);
    return [...new Set(counted.map(({ state }) => state))];
  };
  await expect.poll(states, { timeout: 75_000, interval: 100 }).toEqual(['sent']);
}

/** The server's own store against our tasks: as many batches and entries, and the same ones. */
async function expectSameBooks(): Promise<void> {
  const counted = await countBookingBatches(system.db.app);
  expect(await server.counts()).toMatchObject({
    batches: counted.reduce((sum, { tasks }) => sum + tasks, 0),
    entries: counted.reduce((sum, { entries }) => sum + entries, 0),
  });
  expect(await violations(system)).toEqual([]);
}

async function startWorkerProcess(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('testing/worker-process.ts', import.meta.url));
  const args = [temporal.address, temporal.taskQueue, system.db.url, configFolder, server.baseUrl];
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', () => resolve());
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
  });
  return child;
}

test('with every fault on the way, each trigger fires and every entry is booked once', async () => {
  worker = await temporal.startWorker(system.activities);
  const failures = ['answer-lost', 'error-before-booking', 'error-after-booking'];
  for (const failure of [...failures, 'delivered-twice']) await server.arm(failure);
  await server.arm('delay', { delayMs: 2_500 });
  const story = new Story(temporal, system, 'faults');
  await story.openPool();
  await (await story.startBatch(manyRedemptions(60, { prefix: 'F', days: 3 }), 20)).result();
  await untilAllSent();
  expect(await isArmed()).toBe(false);
  const counted = await countBookingBatches(system.db.app);
  const triggersOf = (rule: string): readonly (string | null)[] =>
    counted.filter((one) => one.rule === rule).map(({ trigger }) => trigger);
  expect(triggersOf('subsidy.loyalty')).toContain('entries');
  expect(triggersOf('subsidy.coupon')).toContain('accounts');
  expect(triggersOf('subsidy.match')).toContain('period');
  await expectSameBooks();
});

test('a worker that is killed between send and mark: the next one asks, and marks', async () => {
  await worker?.stop();
  await server.arm('answer-lost');
  killed = await startWorkerProcess();
  const story = new Story(temporal, system, 'killed');
  await story.openPool();
  await (await story.startBatch(manyRedemptions(40, { days: 2 }), 20)).result();
  await until(async () => {
    const sending = await listBookingTasks(system.db.app, { state: 'sending', limit: 10 });
    return sending.length > 0 && (await server.counts()).batches > 0 && !(await isArmed());
  });
  killed.kill('SIGKILL');
  const [unmarked] = await listBookingTasks(system.db.app, { state: 'sending', limit: 1 });
  expect(unmarked?.receipt).toBeNull();

  worker = await temporal.startWorker(system.activities);
  await untilAllSent();
  const sent = await listBookingTasks(system.db.app, { state: 'sent', limit: 1_000 });
  expect(sent.find(({ key }) => key === unmarked?.key)?.attempts).toBeGreaterThan(1);
  await expectSameBooks();
});

test('a refusal is on the workflow page, and is sent again when an operator says so', async () => {
  await server.arm('refuse');
  const story = new Story(temporal, system, 'refused');
  await story.openPool();
  await (await story.startBatch(manyRedemptions(3, { prefix: 'R', days: 1 }), 20)).result();
  let rule = '';
  await until(async () => {
    const [refused] = await listBookingTasks(system.db.app, { state: 'refused', limit: 1 });
    rule = refused?.rule ?? '';
    return refused !== undefined;
  });
  const id = workflowIds.booking('complete-journey', rule);
  const handle = temporal.client.workflow.getHandle(id);
  await until(async () => {
    const view = await handle.query<BookingBatchProgress, []>('bookingBatchView');
    return view.needsOperator && view.seen?.refused === 1;
  });
  await handle.signal('sendRefusedBookings');
  await untilAllSent();
  await expectSameBooks();
});

async function isArmed(): Promise<boolean> {
  return (await server.armed()).length > 0;
}
