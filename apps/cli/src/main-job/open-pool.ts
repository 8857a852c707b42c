import { withTransaction } from '@sluice/database';
import type { WeekFile } from '@sluice/datasets';
import { formatAmount, isRefusal, money, UnexpectedRefusalError } from '@sluice/money';
import type { PoolLifecycleInput } from '@sluice/orchestrator';
import { TariffBook, type Program } from '@sluice/orchestrator/activities';
import { readPool, recordUsage, type WeeklyUsage } from '@sluice/pool';
import { pause } from '../session/pause.ts';
import { counted, grouped } from '../terminal/figures.ts';
import { spanOf, weekEnd, weekStart } from './calendar.ts';
import { planSources } from './funding.ts';
import { priceHistory } from './history.ts';
import type { Job } from './job.ts';
import { tornState } from './single-lane.ts';

/** What a pool is opened for. */
export interface PoolPlan {
  readonly program: Program;
  readonly weeks: readonly number[];
  /** The weeks that its size is estimated from. */
  readonly history: readonly WeekFile[];
}

const subAccounts = 8;
const currency = 'USD';
const lookEveryMs = 200;

/** Opens the pool, sized from what the weeks of its history would have cost, unless it is open. */
export async function ensurePool(job: Job, plan: PoolPlan): Promise<void> {
  const { session, terminal, names } = job;
  if (await isThere(job)) {
    terminal.aside(`pool ${names.poolId} is open already`);
    return;
  }
  const input = await planPool(job, plan);
  const sources = counted(input.sources.length, 'funding source');
  await terminal.step({ doing: `opening pool ${names.poolId}`, done: () => sources }, async () => {
    const handle = await session.sluice.pool(input);
    while (!(await isThere(job))) {
      // The workflow stays open with its pool; one that has ended could not open it.
      const { status } = await handle.describe();
      if (status.name !== 'RUNNING') await handle.result();
      const { state } = await handle.query<{ readonly state: string }, []>('poolView');
      if (state !== 'opening' && !(await isThere(job))) {
        throw new UnexpectedRefusalError(tornState(`the opening of pool ${names.poolId}`));
      }
      await pause(lookEveryMs, job.signal);
    }
  });
}

async function isThere({ session, names }: Job): Promise<boolean> {
  return !isRefusal(await readPool(session.database, names.poolId));
}

async function planPool(job: Job, plan: PoolPlan): Promise<PoolLifecycleInput> {
  const { names, terminal, signal } = job;
  const { database } = job.session;
  const { program, weeks } = plan;
  const rows = plan.history.reduce((sum, { redemptions }) => sum + redemptions, 0);
  const span = spanOf(plan.history.map(({ week }) => week));
  const history = await terminal.step(
    {
      doing: `pricing weeks ${span} for the forecasts`,
      total: rows,
      done: () => `${grouped(rows)} redemptions`,
    },
    ({ set }) =>
      priceHistory({
        ...{ program, database, currency, signal, onRows: set },
        weeks: plan.history,
        tariffs: new TariffBook(program.tariffs),
      }),
  );
  const [first = 1, last = first] = [weeks[0], weeks.at(-1)];
  const opensOn = weekStart(first);
  await withTransaction(database, (tx) => recordUsage(tx, standIn(history.usage, opensOn)));
  const funding = planSources(history, weeks.length, currency);
  return {
    poolId: names.poolId,
    name: `Co-funded discounts, ${weeks.length === 1 ? 'week' : 'weeks'} ${spanOf(weeks)} of 2017`,
    currency,
    opensOn,
    closesOn: weekEnd(last),
    weeks: weeks.length,
    sources: funding.sources,
    mainAccount: {
      id: names.mainAccountId,
      subAccounts,
      presetShareBps: 10_000,
      threshold: { amount: formatAmount(money(funding.largestPayoutMinor, currency)), currency },
      waitMs: 200,
    },
  };
}

/** Weeks that stand in for a missing past are recorded as if they lay right before the pool. */
function standIn(usage: readonly WeeklyUsage[], opensOn: string): readonly WeeklyUsage[] {
  const starts = [...new Set(usage.map((week) => week.weekStart))].sort();
  if ((starts.at(-1) ?? '') < opensOn) return usage;
  const dayMs = 86_400_000;
  const shifted = new Map(
    starts.map((start, index) => {
      const weeksBefore = starts.length - index;
      const at = Date.parse(opensOn) - weeksBefore * 7 * dayMs;
      return [start, new Date(at).toISOString().slice(0, 10)];
    }),
  );
  return usage.map((week) => ({
    ...week,
    weekStart: shifted.get(week.weekStart) ?? week.weekStart,
  }));
}
