import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { readPayout } from '@sluice/payout';
import type { WorkflowHandle } from '@temporalio/client';
import type { BookingBatchProgress, LedgerUpkeepProgress } from '../contract.ts';
import { workflowIds } from '../names.ts';
import type { RuleRolloutView } from '../rule-rollout-contract.ts';
import type { ruleRollout } from '../workflows/index.ts';
import { exampleRedemption, manyRedemptions, usd, usdMinor } from './examples.ts';
import { households, setId, startRollout } from './rollouts.ts';
import { ScriptedAccounting } from './scripted-accounting.ts';
import { Story, until } from './story.ts';
import { connectTestTemporal, type TestTemporal } from './test-temporal.ts';
import { openTestSystem, type TestSystem } from './test-system.ts';

/**
 * Plays one run of each kind on a real Temporal and writes its history to `src/histories`, where a
 * test replays it on the code of the day: `npm run record-histories`. A file that is there stays,
 * so that old runs go on being replayed; delete one when no run of its kind is left anywhere.
 */
const folder = fileURLToPath(new URL('../histories/', import.meta.url));

/** The workflow's id by the name of the file that its history goes to. */
type Recorded = Record<string, string>;

async function playPool(temporal: TestTemporal, system: TestSystem): Promise<Recorded> {
  const story = new Story(temporal, system, 'record');
  const pool = await story.openPool();
  const batch = await story.startBatch(manyRedemptions(30), 10);
  await batch.result();
  const { payouts } = await story.plan(pool);
  const [unclear, back, rejected, lost] = payouts.map(({ payoutId }) => `${payoutId}:1`);
  system.bank.moods
    .set(unclear ?? '', 'book-and-time-out')
    .set(rejected ?? '', 'reject')
    .set(lost ?? '', 'lose');
  const handles = await Promise.all(payouts.map((planned) => story.startPayout(planned)));
  const [first, second, third, fourth] = handles;
  if (!first || !second || !third || !fourth) throw new Error('four payouts were expected');
  await story.untilState(fourth, 'reserved');
  system.bank.moods.delete(lost ?? '');
  for (const handle of [first, second, fourth]) await story.untilState(handle, 'settled');
  system.bank.ends(back ?? '', 'returned');
  system.bank.endAll('final');
  for (const handle of [first, second, fourth]) await handle.signal('lookNow');
  await Promise.all([first, second, third, fourth].map((handle) => handle.result()));
  await pool.signal('closePool');
  await pool.result();
  return {
    'pool-lifecycle-planned-and-closed': pool.workflowId,
    'redemption-batch-with-fees': batch.workflowId,
    'payout-unclear-then-final': first.workflowId,
    'payout-returned': second.workflowId,
    'payout-rejected': third.workflowId,
    'payout-sent-again': fourth.workflowId,
  };
}

async function playSingleLane(temporal: TestTemporal, system: TestSystem): Promise<Recorded> {
  const story = new Story(temporal, system, 'single');
  const pool = await story.openPool();
  const paid = await story.startRedemption(exampleRedemption());
  const refused = await story.startRedemption(exampleRedemption({ id: 'RED-2', brandId: null }));
  const payoutId = `redemption/${story.id('RED-1')}`;
  const payout = temporal.client.workflow.getHandle(workflowIds.payout(payoutId));
  await until(async () => {
    const recorded = await readPayout(system.db.app, payoutId);
    return recorded?.state === 'awaiting-funds';
  });
  await story.plan(pool);
  await payout.signal('lookNow');
  await story.untilState(payout, 'settled');
  system.bank.endAll('final');
  await payout.signal('lookNow');
  await Promise.all([paid.result(), refused.result()]);
  return {
    'subsidy-payout-paid-less-fee': paid.workflowId,
    'subsidy-payout-refused': refused.workflowId,
    'payout-awaited-funds': payout.workflowId,
  };
}

async function playRedistribution(temporal: TestTemporal, system: TestSystem): Promise<Recorded> {
  const story = new Story(temporal, system, 'thin');
  const mainAccount = { ...story.input.mainAccount, threshold: usdMinor(300n) };
  const pool = await story.openPool({ mainAccount });
  const sellers = Array.from({ length: 8 }, (_, index) => String(600 + index));
  const redemptions = sellers.map((sellerId) => exampleRedemption({ id: sellerId, sellerId }));
  await (await story.startBatch(redemptions, 100)).result();
  const { payouts } = await story.plan(pool);
  const handles = await Promise.all(payouts.map((planned) => story.startPayout(planned)));
  await Promise.all(handles.map((handle) => story.untilState(handle, 'settled')));
  for (const { workflowId } of handles) {
    const { events } = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
    const child = events?.find((event) => event.childWorkflowExecutionCompletedEventAttributes);
    if (child === undefined) continue;
    return {
      'payout-redistributed-first': workflowId,
      redistribution: workflowIds.redistribution(story.mainAccountId, 1),
    };
  }
  throw new Error('no payout had anything redistributed');
}

/** Sent, refused and sent again, and asked after when the answer was unclear. */
async function playBookings(temporal: TestTemporal, system: TestSystem): Promise<Recorded> {
  const story = new Story(temporal, system, 'bookings');
  const rule = { institution: system.program.institution, rule: 'subsidy.loyalty' };
  await story.openPool();
  await temporal.sluice.bookings(rule);
  const handle = temporal.client.workflow.getHandle(
    workflowIds.booking(rule.institution, rule.rule),
  );
  const untilSeen = (wanted: (view: BookingBatchProgress) => boolean): Promise<void> =>
    until(async () => wanted(await handle.query<BookingBatchProgress, []>('bookingBatchView')));
  accounting.moods.push('refuse', 'lose', 'book-and-time-out');
  await (await story.startBatch(manyRedemptions(10), 10)).result();
  await temporal.sluice.bookings(rule);
  await untilSeen(({ seen }) => seen?.refused === 1);
  await handle.signal('sendRefusedBookings');
  await untilSeen(({ batches, seen }) => batches > 0 && seen?.unsent === 0);
  await handle.cancel();
  await handle.result().catch(() => undefined);
  return { 'booking-batch-refused-unclear-sent': handle.workflowId };
}

/** A round with something to seal, one with nothing, and a wish in between. */
async function playUpkeep(temporal: TestTemporal): Promise<Recorded> {
  const handle = await temporal.sluice.ledgerUpkeep({ everyMs: 3_600_000 });
  const untilRounds = (kind: string): Promise<void> =>
    until(async () => {
      const { last } = await handle.query<LedgerUpkeepProgress, []>('ledgerUpkeepView');
      return last?.kind === kind;
    });
  await untilRounds('sealed');
  await handle.signal('keepUpEvery', 50);
  await untilRounds('nothing-new');
  await handle.terminate('recorded');
  return { 'ledger-upkeep-rounds': handle.workflowId };
}

/** Shadow, then everybody; five runs each, and next to nothing may move. */
async function beginRollout(
  temporal: TestTemporal,
  system: TestSystem,
): Promise<WorkflowHandle<typeof ruleRollout>> {
  const stages = [null, 100_000].map((reach) => ({ reach, fewestRuns: 5 }));
  const gate = { failuresPerMillion: 0, moved: [usd('0.10')] };
  const rolloutId = await startRollout(system, { stages, gate });
  return temporal.sluice.ruleRollout({ setId, rolloutId, everyMs: 250 });
}

async function untilStep(handle: WorkflowHandle, step: number, state: string): Promise<void> {
  await until(async () => {
    const view = await handle.query<RuleRolloutView | null, []>('ruleRolloutView');
    return view?.step === step && view.state === state;
  });
}

/** Five redemptions, once the worker knows of the step that they are to be counted in. */
async function settleFive(
  system: TestSystem,
  story: Story,
  { name, couponValueMinor }: { readonly name: string; readonly couponValueMinor: bigint },
): Promise<void> {
  await delay(1_000);
  const redemptions = households(5, name).map((one) => ({ ...one, couponValueMinor }));
  await story.record(redemptions, story.id(name));
  for (const { id } of redemptions) {
    const redemptionId = story.id(id);
    await system.activities.drawAndBook({ poolId: story.poolId, redemptionId });
  }
}

async function playRollBack(temporal: TestTemporal, system: TestSystem): Promise<Recorded> {
  const story = new Story(temporal, system, 'roll-back');
  await story.openPool();
  const handle = await beginRollout(temporal, system);
  await untilStep(handle, 1, 'running');
  await settleFive(system, story, { name: 'SHADOW', couponValueMinor: 0n });
  await untilStep(handle, 2, 'running');
  await handle.executeUpdate('rollBackRollout', { args: [{ reason: 'recorded' }] });
  await handle.result();
  return { 'rule-rollout-rolled-back': handle.workflowId };
}

async function playRollout(temporal: TestTemporal, system: TestSystem): Promise<Recorded> {
  const story = new Story(temporal, system, 'roll-out');
  await story.openPool();
  const handle = await beginRollout(temporal, system);
  await untilStep(handle, 1, 'running');
  await settleFive(system, story, { name: 'COSTLY', couponValueMinor: 125n });
  await untilStep(handle, 1, 'paused');
  await handle.signal('resumeRollout');
  for (const step of [2, 3]) {
    await untilStep(handle, step, 'running');
    await settleFive(system, story, { name: `KEPT-${step}`, couponValueMinor: 0n });
  }
  await handle.result();
  return { 'rule-rollout-paused-resumed-completed': handle.workflowId };
}

/** Who ran it, and where, is nobody's business and differs at every recording. */
function withoutTraces(history: string): string {
  const named = JSON.parse(history, (key, value: unknown) => {
    if (key === 'stackTrace') return '';
    const isWorker = typeof value === 'string' && /^\d+@/.test(value);
    return isWorker || key === 'identity' ? 'worker' : value;
  }) as unknown;
  return `${JSON.stringify(named, undefined, 1)}\n`;
}

const accounting = new ScriptedAccounting();
const triggers = { of: () => ({ periodMs: 1_500, maxAccounts: null, maxEntries: null }) };
const system = await openTestSystem({ accounting, triggers });
const temporal = await connectTestTemporal();
const worker = await temporal.startWorker(system.activities);
const plays = [
  ...[playPool, playSingleLane, playRedistribution, playBookings, playUpkeep],
  ...[playRollBack, playRollout],
];
for (const play of plays) {
  for (const [name, workflowId] of Object.entries(await play(temporal, system))) {
    const file = `${folder}${name}.json`;
    const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
    if (existsSync(file)) process.stdout.write(`${name} is there already\n`);
    else await writeFile(file, withoutTraces(historyToJSON(history)));
  }
}
await worker.stop();
await temporal.close();
await system.close();
