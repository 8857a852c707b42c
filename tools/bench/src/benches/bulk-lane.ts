import { withTransaction } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import { recordRedemptions, type Redemption } from '@sluice/pool';
import type { Bench, Row } from '../frame/bench.ts';
import { loadRedemptions, renamed } from '../load/redemptions.ts';
import { walBytes, type BenchDatabase } from '../servers/bench-database.ts';
import { openBulkLane, poolId, type BulkLane } from './bulk-lane-setup.ts';

/** As the intake of the command line does it. */
const rowsPerTransaction = 2_000;

/** The bulk lane through Temporal, and what the same work takes without it. */
export const bulkLane: Bench = {
  name: 'bulk-lane',
  measures:
    'redemptions/s end to end, in chunks of 1,000, through Temporal and a worker process, ' +
    'against the same activity called in a loop',
  rounds: 3,
  servers: 'shared',
  async *run(context) {
    const { quick, rounds, note, progress } = context;
    const [limit, chunkSize] = quick ? [300, 100] : [Infinity, 1_000];
    const load = await loadRedemptions(context.env, limit, progress);
    note(`${load.described}, in chunks of ${chunkSize.toLocaleString('en')}`);
    const lane = await openBulkLane(context, load.redemptions);
    const job = { lane, chunkSize };
    progress('warming up');
    await both(job, renamed(load.redemptions.slice(0, chunkSize * 2), 'warm-up'), 'warm-up', false);
    for (let round = 1; round <= rounds; round += 1) {
      const prefix = `round-${round}`;
      yield both(job, renamed(load.redemptions, prefix), prefix, round % 2 === 0);
    }
  },
};

interface Job {
  readonly lane: BulkLane;
  readonly chunkSize: number;
}

interface Measured {
  readonly seconds: number;
  readonly walBytes: number;
}

/** Takes the redemptions in twice, under two names, and settles them in either way. */
async function both(
  job: Job,
  redemptions: readonly Redemption[],
  name: string,
  directFirst: boolean,
): Promise<readonly Row[]> {
  const { database } = job.lane;
  const intake: Measured[] = [];
  const settled = new Map<string, Measured>();
  const ways = [
    { way: 'temporal', settle: job.lane.throughTemporal },
    { way: 'direct', settle: job.lane.directly },
  ];
  for (const { way, settle } of directFirst ? ways.toReversed() : ways) {
    const batchId = `${name}-${way}`;
    const own = renamed(redemptions, way);
    intake.push(await measure(database, () => takeIn(database, batchId, own)));
    const batch = { batchId, redemptions: own.length, chunkSize: job.chunkSize };
    settled.set(way, await measure(database, () => settle(batch)));
  }
  const rowsWritten = await countRows(database, `${name}-direct`);
  const [temporal, direct] = [settled.get('temporal'), settled.get('direct')];
  if (temporal === undefined || direct === undefined) throw new Error('a way was not measured');
  return rowsOf({ job, redemptions: redemptions.length, intake, temporal, direct, rowsWritten });
}

async function measure({ owner }: BenchDatabase, work: () => Promise<unknown>): Promise<Measured> {
  const before = await walBytes(owner);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1_000;
  return { seconds, walBytes: (await walBytes(owner)) - before };
}

async function takeIn(
  { app }: BenchDatabase,
  batchId: string,
  all: readonly Redemption[],
): Promise<void> {
  for (let from = 0; from < all.length; from += rowsPerTransaction) {
    const redemptions = all.slice(from, from + rowsPerTransaction);
    const answers = await withTransaction(app, (tx) =>
      recordRedemptions(tx, { poolId, batchId, redemptions }),
    );
    answers.forEach((answer) => expectAnswer(answer));
  }
}

/** Rows that settling a batch added; the few accounts and mandates that it changed do not count. */
async function countRows({ owner }: BenchDatabase, batchId: string): Promise<number> {
  const [row] = await owner.query<{ rows: bigint }>(
    `with settled as (select id from pool.redemption where batch_id = $1)
     select
       (select count(*) from pool.outcome join settled on settled.id = redemption_id)
       + (select count(*) from pool.draw_line join settled on settled.id = redemption_id)
       + (select count(*) from ledger.transfer join settled on settled.id = reference)
       + (select count(*) from database.receipt join settled on key = 'subsidy:' || settled.id)
       as rows`,
    [batchId],
  );
  return Number(row?.rows ?? 0n);
}

function rowsOf(found: {
  readonly job: Job;
  readonly redemptions: number;
  readonly intake: readonly Measured[];
  readonly temporal: Measured;
  readonly direct: Measured;
  readonly rowsWritten: number;
}): readonly Row[] {
  const { job, redemptions, intake, temporal, direct, rowsWritten } = found;
  const chunks = Math.ceil(redemptions / job.chunkSize);
  const total = (pick: (one: Measured) => number): number =>
    intake.reduce((sum, one) => sum + pick(one), 0);
  const taken = redemptions * intake.length;
  return [
    { name: 'intake', value: taken / total(({ seconds }) => seconds), unit: 'rows/s' },
    {
      name: 'bulk lane through Temporal',
      value: redemptions / temporal.seconds,
      unit: 'redemptions/s',
      ratioTo: 'settleChunk in a loop',
    },
    {
      name: 'settleChunk in a loop',
      value: redemptions / direct.seconds,
      unit: 'redemptions/s',
    },
    {
      name: 'what Temporal adds',
      value: ((temporal.seconds - direct.seconds) / chunks) * 1_000,
      unit: 'ms/chunk',
    },
    { name: 'WAL: intake', value: total((one) => one.walBytes) / taken, unit: 'bytes/row' },
    {
      name: 'WAL: bulk lane',
      value: temporal.walBytes / redemptions,
      unit: 'bytes/redemption',
    },
    { name: 'rows written', value: rowsWritten / redemptions, unit: 'per redemption' },
  ];
}
