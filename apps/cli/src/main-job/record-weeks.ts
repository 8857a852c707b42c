import type { WeekFile } from '@sluice/datasets';
import { isRefusal, refuse, UnexpectedRefusalError, type Refusal } from '@sluice/money';
import { readRedemption } from '@sluice/pool';
import { readRedemptionCsv, type ReadRow } from '../redeem/read-redemptions.ts';
import { takeIn, type Intake } from '../redeem/take-in.ts';
import { grouped } from '../terminal/figures.ts';
import { decideRows } from './decide-rows.ts';
import type { Job } from './job.ts';
import type { DecideOnTill } from './till.ts';

/** How many redemptions go through the single lane, where each step can be looked at. */
const singleLane = 20;

/** What was recorded for each lane. */
export interface RecordedWeeks {
  readonly bulk: number;
  /** The ids of the redemptions for the single lane. */
  readonly single: readonly string[];
}

/**
 * Records the weeks, each line with what its till decides for it: all but the last few rows for the
 * bulk lane, those for the single lane.
 */
export async function recordWeeks(
  job: Job,
  weeks: readonly WeekFile[],
  decide: DecideOnTill,
): Promise<RecordedWeeks> {
  const total = weeks.reduce((sum, { redemptions }) => sum + redemptions, 0);
  const bulk = Math.max(0, total - singleLane);
  const { terminal, names, signal } = job;
  const { database } = job.session;
  const rest: ReadRow[] = [];
  await terminal.step(
    { doing: 'recording redemptions', total, done: () => `${grouped(total)} rows` },
    async ({ set }) => {
      const { poolId } = names;
      const rows = firstRows(decideRows(database, decide, readWeeks(weeks)), bulk, rest);
      const toBulk = { poolId, batchId: names.bulkBatch, signal, onRows: set };
      refuseBadIntake(await takeIn(database, toBulk, rows));
      const toSingle = { poolId, batchId: names.singleBatch, signal };
      refuseBadIntake(await takeIn(database, toSingle, [rest]));
    },
  );
  return { bulk, single: rest.flatMap(({ row }) => (isRefusal(row) ? [] : [row.id])) };
}

/** The files are our own: a row that is refused is a fault, not a business case. */
function refuseBadIntake({ refused, refusals: [refusal] }: Intake): void {
  if (refused > 0 && refusal !== undefined) throw new UnexpectedRefusalError(refusal);
}

async function* readWeeks(weeks: readonly WeekFile[]): AsyncGenerator<readonly ReadRow[]> {
  for (const { path } of weeks) yield* readRedemptionCsv(path);
}

/** The first `count` rows; those after them are put into `rest`. */
async function* firstRows(
  batches: AsyncIterable<readonly ReadRow[]>,
  count: number,
  rest: ReadRow[],
): AsyncGenerator<readonly ReadRow[]> {
  let left = count;
  for await (const rows of batches) {
    yield rows.slice(0, left);
    rest.push(...rows.slice(left));
    left = Math.max(0, left - rows.length);
  }
}

/**
 * A redemption is paid once for ever: weeks that another pool has taken cannot be taken again.
 *
 * @throws UnexpectedRefusalError `WEEKS_TAKEN`, before anything is opened or recorded.
 */
export async function refuseTakenWeeks(job: Job, weeks: readonly WeekFile[]): Promise<void> {
  for (const { week, path } of weeks) {
    for await (const [first] of readRedemptionCsv(path)) {
      if (first === undefined || isRefusal(first.row)) continue;
      const known = await readRedemption(job.session.database, first.row.id);
      if (known !== null && known.poolId !== job.names.poolId) {
        throw new UnexpectedRefusalError(weekTaken(week, known.poolId));
      }
      break;
    }
  }
}

function weekTaken(week: number, poolId: string): Refusal {
  return refuse(
    'WEEKS_TAKEN',
    `the redemptions of week ${week} belong to pool ${poolId} already, and a redemption is paid ` +
      'once for ever: choose other weeks (--weeks), or forget all data of earlier runs (--fresh)',
    { week, poolId },
  );
}
