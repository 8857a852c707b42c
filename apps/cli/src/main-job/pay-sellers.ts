import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@sluice/database';
import { isRefusal, UnexpectedRefusalError, type Refusal } from '@sluice/money';
import { workflowIds, type PayoutPlan, type PayoutWatch } from '@sluice/orchestrator';
import { countPayouts, listPayouts, type PayoutState } from '@sluice/payout';
import type { Session } from '../session/open-session.ts';
import type { Terminal } from '../terminal.ts';
import { steerBank } from './sandbox-bank.ts';

/** How often a payout looks at the bank by itself. */
export const watch: PayoutWatch = { pollMs: 5_000, returnPollMs: 6 * 3_600_000 };

export interface PayoutRun {
  readonly poolId: string;
  readonly mainAccountId: string;
  readonly runId: string;
}

const lookEveryMs = 300;
/** Without any change for so long, the run goes on and says what is stuck. */
const patienceMs = 90_000;
/** The sandbox bank lets go of a payment for good after its return window of two days. */
const daysUntilFinal = 3;

const atRest: readonly PayoutState[] = ['settled', 'final', 'returned', 'rejected'];
const ended: readonly PayoutState[] = ['final', 'returned', 'rejected'];

/** Starts a payout to every seller who is owed money; sellers who were paid are not owed any. */
export async function startPayouts(session: Session, run: PayoutRun): Promise<PayoutPlan> {
  const pool = session.temporal.workflow.getHandle(workflowIds.pool(run.poolId));
  const plan = await pool.executeUpdate<PayoutPlan | Refusal, [{ runId: string }]>('planPayouts', {
    args: [{ runId: run.runId }],
  });
  if (isRefusal(plan)) throw new UnexpectedRefusalError(plan);
  if (plan.payouts.length > 0) {
    const bank = steerBank(session.bankUrl);
    await bank.arm('timeout-after-paid');
    await bank.arm('return-next-day');
  }
  await manyAtOnce(plan.payouts, (payout) =>
    session.sluice.payout({
      ...payout,
      mainAccountId: run.mainAccountId,
      reference: run.poolId,
      watch,
    }),
  );
  return plan;
}

/** A call to the Temporal server waits far longer than it works. */
const callsAtOnce = 16;

/** Does something for each item, several at a time. */
async function manyAtOnce<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const rest = items.values();
  const workThrough = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: callsAtOnce }, workThrough));
}

/** Waits until no payout is under way any more, with a bar. */
export async function awaitPayouts(
  database: Database,
  terminal: Terminal,
  expected: number,
): Promise<void> {
  const bar = terminal.bar('payouts', expected);
  const resting = await untilStill(database, atRest, expected, (count) => bar.set(count));
  bar.done(`${resting} settled, returned or rejected`);
}

/**
 * Turns the bank's calendar past the return window and has every payout look at the bank: what was
 * scripted to come back comes back, the rest is final.
 */
export async function passReturnWindow(session: Session): Promise<void> {
  const settled = (await listPayouts(session.database, { limit: 100_000 })).filter(
    ({ state }) => state === 'settled',
  );
  if (settled.length === 0) return;
  const bank = steerBank(session.bankUrl);
  for (let day = 0; day < daysUntilFinal; day += 1) await bank.nextBusinessDay();
  await manyAtOnce(settled, ({ id }) =>
    session.temporal.workflow.getHandle(workflowIds.payout(id)).signal('lookNow'),
  );
  const all = Object.values(await countPayouts(session.database)).reduce((sum, n) => sum + n, 0);
  await untilStill(session.database, ended, all, () => undefined);
}

/** Waits until so many payouts are in these states, or nothing has changed for a long while. */
async function untilStill(
  database: Database,
  states: readonly PayoutState[],
  expected: number,
  onCount: (count: number) => void,
): Promise<number> {
  let seen = '';
  let changedAt = performance.now();
  for (;;) {
    const counts = await countPayouts(database);
    const count = states.reduce((sum, state) => sum + counts[state], 0);
    onCount(count);
    const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
    if (count === all && count >= expected) return count;
    const now = JSON.stringify(counts);
    if (now !== seen) {
      seen = now;
      changedAt = performance.now();
    }
    if (performance.now() - changedAt > patienceMs) return count;
    await delay(lookEveryMs);
  }
}
