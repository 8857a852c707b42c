import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { readPayout } from '@sluice/payout';
import { workflowIds } from '../names.ts';
import { exampleRedemption, manyRedemptions, usdMinor } from './examples.ts';
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
    'redemption-batch-four-chunks': batch.workflowId,
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
    'subsidy-payout-paid': paid.workflowId,
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

/** Who ran it, and where, is nobody's business and differs at every recording. */
function withoutTraces(history: string): string {
  const named = JSON.parse(history, (key, value: unknown) => {
    if (key === 'stackTrace') return '';
    const isWorker = typeof value === 'string' && /^\d+@/.test(value);
    return isWorker || key === 'identity' ? 'worker' : value;
  }) as unknown;
  return `${JSON.stringify(named, undefined, 1)}\n`;
}

const system = await openTestSystem();
const temporal = await connectTestTemporal();
const worker = await temporal.startWorker(system.activities);
for (const play of [playPool, playSingleLane, playRedistribution]) {
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
