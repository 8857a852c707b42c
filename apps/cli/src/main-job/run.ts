import { prepareDataset, type Dataset } from '@sluice/datasets';
import { publishConfig } from '../publish-config.ts';
import { tryLock, type DatabaseLock } from '../session/database-lock.ts';
import { pause, unlessAborted } from '../session/pause.ts';
import { historyWeeks } from './calendar.ts';
import type { Job } from './job.ts';
import { namesOf } from './names.ts';
import { ensurePool } from './open-pool.ts';
import { payEverybody } from './pay-sellers.ts';
import { recordWeeks, refuseTakenWeeks } from './record-weeks.ts';
import { replayBatch } from './replay.ts';
import { runSingleLane } from './single-lane.ts';
import { sendBookings } from './send-bookings.ts';
import { sealLedger } from './seal-ledger.ts';
import { summarise, type Summary } from './summary.ts';
import { openTill } from './till.ts';

/** What a run is given; its names follow from its data. */
export type JobRequest = Omit<Job, 'names'>;

const lookEveryMs = 500;

/**
 * The main job: opens a pool over real weeks, replays them through both lanes, pays every seller
 * and sums up. Every step is safe to repeat, so a second run goes on where the first one ended.
 */
export async function runMainJob(request: JobRequest, weeks: readonly number[]): Promise<Summary> {
  const { session, config, program, terminal, signal } = request;
  const history = historyWeeks(weeks);
  const data = await getData(request, [...new Set([...history.weeks, ...weeks])]);
  if (history.notice !== null) terminal.line(`  ${history.notice}`);
  const dataset = { ...data, weeks: data.weeks.filter(({ week }) => weeks.includes(week)) };
  const job: Job = { ...request, names: namesOf(dataset) };
  const alone = await takeTurn(request);
  try {
    await refuseTakenWeeks(job, dataset.weeks);
    await publishConfig(session.database, config.SLUICE_CONFIG_DIR, program);
    await ensurePool(job, {
      program,
      weeks,
      history: data.weeks.filter(({ week }) => history.weeks.includes(week)),
    });
    const { database } = session;
    const till = await openTill({ database, program, stateDir: config.SLUICE_STATE_DIR });
    const { bulk, single } = await recordWeeks(job, dataset.weeks, till);
    const { poolId, bulkBatch: batchId } = job.names;
    const { sluice } = session;
    await replayBatch({ sluice, terminal, poolId, batchId, redemptions: bulk, signal });
    await runSingleLane(job, single);
    await payEverybody(job);
    await sendBookings(job);
    await sealLedger(job);
    return await sumUp(job, dataset, bulk + single.length);
  } finally {
    await alone.release();
  }
}

function sumUp(
  { session, names, terminal, signal }: Job,
  dataset: Dataset,
  total: number,
): Promise<Summary> {
  return terminal.step({ doing: 'checking and summing up', total }, ({ set }) =>
    summarise({
      ...{ names, dataset, signal, onRows: set },
      database: session.database,
      bankUrl: session.bankUrl,
      accountingUrl: session.accountingUrl,
    }),
  );
}

async function getData(
  { config, terminal, signal }: JobRequest,
  weeks: readonly number[],
): Promise<Dataset> {
  const data = await terminal.step<Dataset>(
    { doing: 'getting the data', done: ({ source }) => sourceNames[source] },
    ({ note }) => {
      let told = '';
      const onProgress = (_done: number, _total: number, what: string): void => {
        // Fifty-three weeks are written: one line for all of them.
        const kind = what.replaceAll(/\d+/g, '').trim();
        if (kind !== told) terminal.aside(kind);
        told = kind;
        note(what);
      };
      return unlessAborted(prepareDataset({ weeks, env: config.env, onProgress }), signal);
    },
  );
  if (data.notice !== null) terminal.line(`  ${data.notice}`);
  return data;
}

const sourceNames = {
  'complete-journey': 'The Complete Journey, a real year of a grocery retailer',
  generated: 'generated',
} as const;

/**
 * One main job at a time on a database: payouts are planned over everything that is owed, so two
 * plans at once would both want to pay it.
 */
async function takeTurn({ session, terminal, signal }: JobRequest): Promise<DatabaseLock> {
  const first = await tryLock(session.database, 'main job');
  if (first !== null) return first;
  return terminal.step({ doing: 'waiting for the main job of another process' }, async () => {
    for (;;) {
      await pause(lookEveryMs, signal);
      const lock = await tryLock(session.database, 'main job');
      if (lock !== null) return lock;
    }
  });
}
