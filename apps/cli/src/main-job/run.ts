import { setTimeout as delay } from 'node:timers/promises';
import { withTransaction } from '@sluice/database';
import { prepareDataset, type Dataset, type WeekFile } from '@sluice/datasets';
import { formatAmount, isRefusal, money, UnexpectedRefusalError } from '@sluice/money';
import type { PoolLifecycleInput } from '@sluice/orchestrator';
import { loadProgram, TariffBook } from '@sluice/orchestrator/activities';
import { countPayouts } from '@sluice/payout';
import { readOutcomes, readPool, recordUsage, type Redemption } from '@sluice/pool';
import type { CliConfig } from '../config.ts';
import { publishTariffs } from '../publish-tariffs.ts';
import { readRedemptionCsv, type ReadRow } from '../redeem/read-redemptions.ts';
import { takeIn, type Intake } from '../redeem/take-in.ts';
import type { Session } from '../session/open-session.ts';
import type { Terminal } from '../terminal.ts';
import { historyWeeks, weekEnd, weekStart } from './calendar.ts';
import { planSources } from './funding.ts';
import { priceHistory } from './history.ts';
import { awaitPayouts, passReturnWindow, startPayouts, watch } from './pay-sellers.ts';
import { replayBatch } from './replay.ts';
import { summarise, type Summary } from './summary.ts';

/** How many redemptions go through the single lane, where each step can be looked at. */
const singleLane = 20;
const subAccounts = 8;
const currency = 'USD';

/** What a run of the main job works on, from its weeks. */
interface Names {
  readonly poolId: string;
  readonly mainAccountId: string;
  readonly bulkBatch: string;
  readonly singleBatch: string;
}

function namesOf(dataset: Dataset): Names {
  const weeks = dataset.weeks.map(({ week }) => week);
  const span = weeks.length === 1 ? `w${weeks[0]}` : `w${weeks[0]}-${weeks.at(-1)}`;
  const poolId = `${dataset.source === 'complete-journey' ? 'cj' : 'generated'}-2017-${span}`;
  return {
    poolId,
    mainAccountId: `${poolId}-payouts`,
    bulkBatch: `${poolId}-bulk`,
    singleBatch: `${poolId}-single`,
  };
}

/**
 * The main job: opens a pool over real weeks, replays them through both lanes, pays every seller
 * and sums up. Every step is safe to repeat, so a second run goes on where the first one ended.
 */
export async function runMainJob(
  session: Session,
  config: CliConfig,
  terminal: Terminal,
  weeks: readonly number[],
): Promise<Summary> {
  const history = historyWeeks(weeks);
  const data = await getData(terminal, [...history.weeks, ...weeks]);
  const dataset = { ...data, weeks: data.weeks.filter(({ week }) => weeks.includes(week)) };
  const names = namesOf(dataset);
  if (!history.before) {
    terminal.line('  The data begins with the year: this pool is sized from the weeks after it.');
  }
  await publishTariffs(session.database, config.SLUICE_CONFIG_DIR);
  const before = data.weeks.filter(({ week }) => history.weeks.includes(week));
  await ensurePool(session, config, terminal, { names, before, weeks });
  const intake = await recordWeeks(session, terminal, names, dataset);
  await replayBatch(session.sluice, terminal, {
    poolId: names.poolId,
    batchId: names.bulkBatch,
    redemptions: intake.bulk,
  });
  await runSingleLane(session, terminal, names, intake.single);
  await payEverybody(session, terminal, names);
  terminal.step('checking and summing up');
  return summarise({
    database: session.database,
    poolId: names.poolId,
    mainAccountId: names.mainAccountId,
    batchIds: [names.bulkBatch, names.singleBatch],
    dataset,
    bankUrl: session.bankUrl,
  });
}

async function getData(terminal: Terminal, weeks: readonly number[]): Promise<Dataset> {
  let shown = '';
  const data = await prepareDataset({
    weeks,
    env: process.env,
    onProgress: (_done, _total, what) => {
      if (what !== shown) terminal.step(what);
      shown = what;
    },
  });
  if (data.notice !== null) terminal.line(`  ${data.notice}`);
  return data;
}

async function ensurePool(
  session: Session,
  config: CliConfig,
  terminal: Terminal,
  job: {
    readonly names: Names;
    readonly before: readonly WeekFile[];
    readonly weeks: readonly number[];
  },
): Promise<void> {
  const { poolId } = job.names;
  if (!isRefusal(await readPool(session.database, poolId))) {
    terminal.step(`pool ${poolId} is open already`);
    return;
  }
  const input = await planPool(session, config, terminal, job);
  terminal.step(`opening pool ${poolId} over ${input.sources.length} funding sources`);
  const handle = await session.sluice.pool(input);
  while (isRefusal(await readPool(session.database, poolId))) {
    // The workflow stays open with its pool; one that has ended could not open it.
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') await handle.result();
    await delay(200);
  }
}

async function planPool(
  session: Session,
  config: CliConfig,
  terminal: Terminal,
  { names, before, weeks }: Parameters<typeof ensurePool>[3],
): Promise<PoolLifecycleInput> {
  const { database } = session;
  const program = await loadProgram(config.SLUICE_CONFIG_DIR);
  const rows = before.reduce((sum, { redemptions }) => sum + redemptions, 0);
  const bar = terminal.bar('pricing the weeks before', rows);
  const history = await priceHistory({
    weeks: before,
    program,
    tariffs: new TariffBook(program.tariffs),
    database,
    currency,
    onRows: (done) => bar.set(done),
  });
  bar.done(`${rows.toLocaleString('en')} redemptions`);
  const [first = 1, last = 1] = [Math.min(...weeks), Math.max(...weeks)];
  const opensOn = weekStart(first);
  await withTransaction(database, (tx) => recordUsage(tx, standIn(history.usage, opensOn)));
  const funding = planSources(history, weeks.length, currency);
  return {
    poolId: names.poolId,
    name: `Co-funded discounts, weeks ${first} to ${last} of 2017`,
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

type Usage = Parameters<typeof recordUsage>[1];

/** Weeks that stand in for a missing past are recorded as if they lay right before the pool. */
function standIn(usage: Usage, opensOn: string): Usage {
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

/** Records the weeks: all but the last few rows for the bulk lane, those for the single lane. */
async function recordWeeks(
  session: Session,
  terminal: Terminal,
  names: Names,
  dataset: Dataset,
): Promise<{ readonly bulk: number; readonly single: readonly string[] }> {
  const total = dataset.weeks.reduce((sum, { redemptions }) => sum + redemptions, 0);
  const bulk = Math.max(0, total - singleLane);
  const single: string[] = [];
  const bar = terminal.bar('recording redemptions', total);
  const { database } = session;
  const target = (batchId: string) => ({ poolId: names.poolId, batchId });
  const rows = readWeeks(dataset.weeks);
  const first = await takeIn(database, target(names.bulkBatch), take(rows, bulk), (n) =>
    bar.set(n),
  );
  const rest = tap(rows, (redemption) => single.push(redemption.id));
  const second = await takeIn(database, target(names.singleBatch), rest);
  for (const intake of [first, second]) refuseBadIntake(intake);
  bar.done(`${(first.rows + second.rows).toLocaleString('en')} rows`);
  return { bulk, single };
}

function refuseBadIntake({ refused, refusals: [refusal] }: Intake): void {
  if (refused === 0 || refusal === undefined) return;
  throw new UnexpectedRefusalError(refusal);
}

async function* readWeeks(weeks: readonly WeekFile[]): AsyncGenerator<ReadRow> {
  for (const { path } of weeks) yield* readRedemptionCsv(path);
}

/** The next `count` rows; the rest stays for whoever reads on. */
async function* take(rows: AsyncGenerator<ReadRow>, count: number): AsyncGenerator<ReadRow> {
  for (let taken = 0; taken < count; taken += 1) {
    const next = await rows.next();
    if (next.done === true) return;
    yield next.value;
  }
}

async function* tap(
  rows: AsyncGenerator<ReadRow>,
  see: (redemption: Redemption) => void,
): AsyncGenerator<ReadRow> {
  for await (const row of rows) {
    if (!isRefusal(row.row)) see(row.row);
    yield row;
  }
}

async function runSingleLane(
  session: Session,
  terminal: Terminal,
  names: Names,
  redemptionIds: readonly string[],
): Promise<void> {
  const { poolId, mainAccountId } = names;
  for (const redemptionId of redemptionIds) {
    await session.sluice.redemption({ poolId, redemptionId, mainAccountId, watch });
  }
  const bar = terminal.bar('single lane', redemptionIds.length);
  for (;;) {
    const decided = await readOutcomes(session.database, redemptionIds);
    bar.set(decided.length);
    if (decided.length === redemptionIds.length) break;
    await delay(200);
  }
  bar.done(`${redemptionIds.length} redemptions, one workflow each`);
}

async function payEverybody(session: Session, terminal: Terminal, names: Names): Promise<void> {
  const before = Object.values(await countPayouts(session.database)).reduce((a, b) => a + b, 0);
  const plan = await startPayouts(session, {
    poolId: names.poolId,
    mainAccountId: names.mainAccountId,
    runId: names.poolId,
  });
  if (plan.payouts.length === 0) terminal.step('no seller is owed money that was not sent yet');
  await awaitPayouts(session.database, terminal, before + plan.payouts.length);
  terminal.step("the bank's days pass: what comes back comes back now");
  await passReturnWindow(session);
}
