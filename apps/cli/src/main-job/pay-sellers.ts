import { isRefusal, UnexpectedRefusalError, type Refusal } from '@sluice/money';
import { workflowIds, type PayoutPlan, type PayoutWatch } from '@sluice/orchestrator';
import { countPayouts, listPayouts, type Payout, type PayoutState } from '@sluice/payout';
import { WorkflowNotFoundError } from '@temporalio/client';
import { pause, unlessAborted } from '../session/pause.ts';
import { counted, grouped } from '../terminal/figures.ts';
import type { Job } from './job.ts';
import { manyAtOnce } from './many-at-once.ts';
import { steerBank } from './sandbox-bank.ts';

/** How often a payout looks at the bank by itself. */
export const watch: PayoutWatch = { pollMs: 5_000, returnPollMs: 6 * 3_600_000 };

const lookEveryMs = 300;
/** Without any change for so long, the run goes on and says what is stuck. */
const patienceMs = 90_000;
/** The sandbox bank lets go of a payment for good after its return window of two days. */
const daysUntilFinal = 3;
const maxPayouts = 100_000;

const atRest: readonly PayoutState[] = ['settled', 'final', 'returned', 'rejected'];
const ended: readonly PayoutState[] = ['final', 'returned', 'rejected'];

type Counts = Readonly<Record<PayoutState, number>>;

/**
 * Pays every seller who is owed money, through the sandbox bank, and passes the bank's return
 * window. Sellers who were paid are not owed any: a second run starts nothing.
 */
export async function payEverybody(job: Job): Promise<void> {
  const { session, terminal, names } = job;
  const before = await listPayouts(session.database, { limit: maxPayouts });
  const plan = await planPayouts(job);
  const first = !before.some(({ id }) => id.startsWith(`${names.poolId}/`));
  if (first && plan.payouts.length > 0) {
    await finishWaiting(job, before);
    await orderFailures(session.bankUrl);
  }
  const { started, held } = await terminal.step(
    { doing: 'starting payouts', done: ({ started }) => counted(started, 'payout') },
    () => startPayouts(job, plan),
  );
  if (held > 0) {
    const who = counted(held, 'seller is', 'sellers are');
    terminal.line(`  ${who} owed money and held: the last payout came back or was rejected`);
  }
  const expected = before.length + started;
  const resting = sumOf(await countPayouts(session.database), atRest);
  if (started > 0 || resting < expected) await settle(job, 'paying', expected);
  await passReturnWindow(job);
}

async function planPayouts({ session, names, signal }: Job): Promise<PayoutPlan> {
  const pool = session.temporal.workflow.getHandle(workflowIds.pool(names.poolId));
  const planning = pool.executeUpdate<PayoutPlan | Refusal, [{ runId: string }]>('planPayouts', {
    args: [{ runId: names.poolId }],
  });
  const plan = await unlessAborted(planning, signal);
  if (isRefusal(plan)) throw new UnexpectedRefusalError(plan);
  return plan;
}

/**
 * The payouts of the single lane wait for the money that the plan has just put in. They go first,
 * so that the failures to come strike a payout that is its seller's last: one that comes back
 * holds back whatever else the seller is owed.
 */
async function finishWaiting(job: Job, payouts: readonly Payout[]): Promise<void> {
  const waiting = payouts.filter(({ state }) => !atRest.includes(state));
  if (waiting.length === 0) return;
  await wake(job, waiting);
  await settle(job, 'paying the single lane', payouts.length);
}

/** No bank is without them: an answer that does not come, and money that comes back. */
async function orderFailures(bankUrl: string): Promise<void> {
  const bank = steerBank(bankUrl);
  // A run that was stopped right here has ordered them already.
  const ordered = await bank.ordered();
  for (const failure of ['timeout-after-paid', 'return-next-day'] as const) {
    if (!ordered.includes(failure)) await bank.order(failure);
  }
}

/** Starts what is planned, plan after plan while one does not list all. */
async function startPayouts(
  job: Job,
  first: PayoutPlan,
): Promise<{ readonly started: number; readonly held: number }> {
  const { session, names, signal } = job;
  const { poolId: reference, mainAccountId } = names;
  const started = new Set<string>();
  for (let plan = first; ; plan = await planPayouts(job)) {
    await manyAtOnce(plan.payouts, signal, async (payout) => {
      await session.sluice.payout({ ...payout, mainAccountId, reference, watch });
      started.add(payout.payoutId);
    });
    if (!plan.more) return { started: started.size, held: plan.held.length };
  }
}

/** Has payouts look at the bank now. One whose workflow has ended has nothing to look for. */
async function wake({ session, signal }: Job, payouts: readonly Payout[]): Promise<void> {
  await manyAtOnce(payouts, signal, async ({ id }) => {
    try {
      await session.temporal.workflow.getHandle(workflowIds.payout(id)).signal('lookNow');
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  });
}

/** Waits until no payout is under way any more. */
async function settle(job: Job, doing: string, expected: number): Promise<void> {
  const resting = await job.terminal.step({ doing, total: expected, done: describe }, ({ set }) =>
    untilStill(job, atRest, expected, (count) => set(count)),
  );
  tellStuck(job, resting, atRest);
}

function describe(counts: Counts): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${grouped(count)} ${state}`)
    .join(', ');
}

/**
 * Turns the bank's calendar past the return window and has every payout look at the bank: what was
 * scripted to come back comes back, the rest is final.
 */
async function passReturnWindow(job: Job): Promise<void> {
  const { session, terminal } = job;
  const settled = (await listPayouts(session.database, { limit: maxPayouts })).filter(
    ({ state }) => state === 'settled',
  );
  if (settled.length === 0) return;
  const all = sumOf(await countPayouts(session.database), null);
  const still = await terminal.step(
    { doing: "passing the bank's return window", total: all, done: describe },
    async ({ set }) => {
      const bank = steerBank(session.bankUrl);
      for (let day = 0; day < daysUntilFinal; day += 1) await bank.nextBusinessDay();
      await wake(job, settled);
      return untilStill(job, ended, all, set);
    },
  );
  tellStuck(job, still, ended);
}

/** Waits until so many payouts are in these states, or nothing has changed for a long while. */
async function untilStill(
  { session, signal }: Job,
  states: readonly PayoutState[],
  expected: number,
  onCount: (count: number) => void,
): Promise<Counts> {
  let seen = '';
  let changedAt = performance.now();
  for (;;) {
    const counts = await countPayouts(session.database);
    const count = sumOf(counts, states);
    onCount(count);
    if (count === sumOf(counts, null) && count >= expected) return counts;
    const now = JSON.stringify(counts);
    if (now !== seen) {
      seen = now;
      changedAt = performance.now();
    }
    if (performance.now() - changedAt > patienceMs) return counts;
    await pause(lookEveryMs, signal);
  }
}

function sumOf(counts: Counts, states: readonly PayoutState[] | null): number {
  return Object.entries(counts)
    .filter(([state]) => states === null || states.includes(state as PayoutState))
    .reduce((sum, [, count]) => sum + count, 0);
}

function tellStuck({ terminal }: Job, counts: Counts, states: readonly PayoutState[]): void {
  const stuck = sumOf(counts, null) - sumOf(counts, states);
  if (stuck === 0) return;
  terminal.line(
    `  ${counted(stuck, 'payout')} did not move for a while: they go on by themselves; ` +
      "look at them in Temporal's Web UI",
  );
}
