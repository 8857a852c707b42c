import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { billingMigrations, parseTariff, publishTariff } from '@sluice/billing';
import { withTransaction, type Database } from '@sluice/database';
import { ledgerMigrations } from '@sluice/ledger';
import { expectAnswer, isRefusal, UnexpectedRefusalError } from '@sluice/money';
import {
  createSluiceClient,
  registerSearchAttributes,
  type Activities,
  type BatchProgress,
  type FundingSourceInput,
  type PoolLifecycleInput,
} from '@sluice/orchestrator';
import { createActivities, loadProgram, publishProgram } from '@sluice/orchestrator/activities';
import { createSandboxBankRail, payoutMigrations } from '@sluice/payout';
import { poolMigrations, recordUsage, type Redemption } from '@sluice/pool';
import { rulebookMigrations } from '@sluice/rulebook';
import { settlementMigrations } from '@sluice/settlement';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import type { BenchContext } from '../frame/bench.ts';
import { makeDatabase, type BenchDatabase } from '../servers/bench-database.ts';
import { configDir, startWorker } from '../servers/worker.ts';

export const poolId = 'bench';
const currency = 'USD';
const taskQueue = 'bench';
const opensOn = '2017-06-26';
/** Brands with an account of their own, about as many as the main job has. */
const ownBrands = 40;
const plenty = { amount: '10000000.00', currency };
const plentyMinor = 1_000_000_000n;

/** A recorded batch to be settled. */
interface Batch {
  readonly batchId: string;
  readonly redemptions: number;
  readonly chunkSize: number;
}

/** An open pool, and two ways to settle a batch of its redemptions. */
export interface BulkLane {
  readonly database: BenchDatabase;
  /** The workflow `redemptionBatch`, on a worker process. */
  readonly throughTemporal: (batch: Batch) => Promise<void>;
  /** The worker's activity, called here one chunk after the other. */
  readonly directly: (batch: Batch) => Promise<void>;
}

/** Opens a pool that pays these redemptions, and everything that settles them. */
export async function openBulkLane(
  context: BenchContext,
  redemptions: readonly Redemption[],
): Promise<BulkLane> {
  const database = await makeDatabase(context, 'bench_bulk_lane', [
    ledgerMigrations,
    billingMigrations,
    poolMigrations,
    settlementMigrations,
    payoutMigrations,
    rulebookMigrations,
  ]);
  const program = await loadProgram(configDir);
  await publishProgram(database.app, program);
  const activities = createActivities({
    ...{ database: database.app, program },
    rail: createSandboxBankRail({ baseUrl: 'http://127.0.0.1:9', timeoutMs: 1_000 }),
    log: pino({ level: 'silent' }),
  });
  await openPool(database.app, activities, redemptions);
  return {
    database,
    throughTemporal: await temporalLane(context, database.url),
    directly: directLane(activities),
  };
}

async function openPool(
  database: Database,
  activities: Activities,
  redemptions: readonly Redemption[],
): Promise<void> {
  for (const file of (await readdir(join(configDir, 'tariffs'))).sort()) {
    const json: unknown = JSON.parse(await readFile(join(configDir, 'tariffs', file), 'utf8'));
    const tariff = expectAnswer(parseTariff(json));
    expectAnswer(await withTransaction(database, (tx) => publishTariff(tx, tariff)));
  }
  const usage = { sellerId: 'bench', weekStart: '2017-06-19', currency, subsidyMinor: plentyMinor };
  await withTransaction(database, (tx) => recordUsage(tx, [usage]));
  expectAnswer(await asActivity(() => activities.openPool(poolInput(redemptions))));
}

function poolInput(redemptions: readonly Redemption[]): PoolLifecycleInput {
  return {
    poolId,
    name: 'bench',
    currency,
    opensOn,
    closesOn: '2017-12-31',
    weeks: 1,
    sources: sourcesFor(redemptions),
    mainAccount: {
      id: 'bench-payouts',
      subAccounts: 8,
      presetShareBps: 10_000,
      threshold: { amount: '1.00', currency },
      waitMs: 200,
    },
  };
}

/** An account for each of the busiest brands, one for the others, and the shared ones. */
function sourcesFor(redemptions: readonly Redemption[]): readonly FundingSourceInput[] {
  const coupons = new Map<string, number>();
  for (const { brandId, couponValueMinor } of redemptions) {
    if (brandId === null || couponValueMinor === 0n) continue;
    coupons.set(brandId, (coupons.get(brandId) ?? 0) + 1);
  }
  const busiest = [...coupons].toSorted(([, left], [, right]) => right - left).slice(0, ownBrands);
  const source = (id: string, serves: FundingSourceInput['serves']): FundingSourceInput => {
    return { id, capacity: plenty, creditLimit: plenty, priority: 1, expiresOn: null, serves };
  };
  return [
    ...busiest.map(([brand]) =>
      source(`brand-${brand}`, [
        { kind: 'coupon', brand },
        { kind: 'handling-fee', brand },
      ]),
    ),
    source('other-brands', [{ kind: 'coupon' }, { kind: 'handling-fee' }]),
    source('match-fund', [{ kind: 'match' }]),
    source('platform-budget', [{ kind: 'loyalty' }]),
  ];
}

async function temporalLane(
  context: BenchContext,
  databaseUrl: string,
): Promise<BulkLane['throughTemporal']> {
  const { stack, defer } = context;
  const connection = await Connection.connect({ address: stack.temporalAddress });
  defer(() => connection.close());
  await registerSearchAttributes(connection, stack.temporalNamespace);
  await startWorker(context, { databaseUrl, taskQueue });
  const client = new Client({ connection, namespace: stack.temporalNamespace });
  const sluice = createSluiceClient(client, taskQueue);
  return async (batch) => {
    const handle = await sluice.batch({ poolId, ...batch });
    checkCount(batch, await handle.result());
  };
}

const nothingYet: BatchProgress = {
  afterSequence: '0',
  paid: 0,
  refused: 0,
  parked: 0,
  subsidy: null,
};

/** Runs an activity here, in the surroundings that a worker would give it. */
function asActivity<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  return new MockActivityEnvironment().run<[], Answer, () => Promise<Answer>>(run);
}

function directLane(activities: Activities): BulkLane['directly'] {
  return async (batch) => {
    const { batchId, chunkSize: limit } = batch;
    let progress = nothingYet;
    for (let rows = limit; rows === limit;) {
      const input = { poolId, batchId, limit, progress };
      const chunk = await asActivity(() => activities.settleChunk(input));
      if (isRefusal(chunk)) throw new UnexpectedRefusalError(chunk);
      ({ rows, progress } = chunk);
    }
    checkCount(batch, progress);
  };
}

/**
 * A figure about work that was not done would be worse than none: a few real lines have a coupon
 * of no brand or no discount, and are refused; nearly all are to be paid.
 */
function checkCount(batch: Batch, { paid, refused, parked }: BatchProgress): void {
  const settled = paid + refused + parked;
  if (settled === batch.redemptions && paid * 100 >= settled * 95) return;
  throw new Error(
    `${batch.batchId}: of ${batch.redemptions} redemptions ${settled} were settled, ${paid} paid`,
  );
}
