import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { billingMigrations, parseTariff, publishTariff } from '@sluice/billing';
import { withTransaction, type Database } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import {
  ledgerMigrations,
  type AccountingBooks,
  type AccountingServer,
  type BookingTriggers,
} from '@sluice/ledger';
import { expectAnswer, isRefusal } from '@sluice/money';
import { payoutMigrations } from '@sluice/payout';
import { poolMigrations, recordRedemptions, recordUsage, type Redemption } from '@sluice/pool';
import { rulebookMigrations } from '@sluice/rulebook';
import { settlementMigrations } from '@sluice/settlement';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { createActivities } from '../activities/create-activities.ts';
import type { WakeBookings } from '../activities/booking-hints.ts';
import { loadProgram, type Program } from '../activities/program.ts';
import { publishProgram } from '../activities/publish-program.ts';
import type { Activities, PoolLifecycleInput, PoolOpened } from '../contract.ts';
import { currency, examplePool } from './examples.ts';
import { ScriptedAccounting } from './scripted-accounting.ts';
import { ScriptedBank } from './scripted-bank.ts';

/** The configuration of the main job. */
export const configFolder = fileURLToPath(new URL('../../../../config', import.meta.url));

/** What a server would tell an activity. */
export interface CallInfo {
  readonly workflowId?: string;
  /** The same for every attempt of one activity; a new one for each when absent. */
  readonly scheduledMs?: number;
}

/** All domains on one fresh database, with the real rules and tariffs, and a bank of our own. */
export interface TestSystem {
  readonly db: FreshDatabase;
  readonly program: Program;
  readonly bank: ScriptedBank;
  readonly accounting: AccountingServer & AccountingBooks;
  /** As a worker would run them, each call in an activity's context. */
  readonly activities: Activities;
  /** The same on other connections, for another workflow, or with a logger. */
  activitiesOn(database: Database, info?: CallInfo, log?: Logger): Activities;
  openPool(change?: Partial<PoolLifecycleInput>): Promise<PoolOpened>;
  record(redemptions: readonly Redemption[], batchId?: string, poolId?: string): Promise<void>;
  close(): Promise<void>;
}

/** What a test has otherwise than others. */
export interface TestSystemOptions {
  /** One in memory when absent. */
  readonly accounting?: AccountingServer & AccountingBooks;
  /** Those of the configuration when absent. */
  readonly triggers?: BookingTriggers;
  /** Nobody is woken when absent. */
  readonly wakeBookings?: WakeBookings;
}

const silent = pino({ level: 'silent' });

/** Opens the system; its sellers 300 to 304 and 330 used 200.00 in each week before July. */
export async function openTestSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  const { accounting = new ScriptedAccounting(), triggers, wakeBookings } = options;
  const db = await freshDatabase(
    ...[ledgerMigrations, billingMigrations, poolMigrations],
    ...[settlementMigrations, payoutMigrations, rulebookMigrations],
  );
  const loaded = await loadProgram(configFolder);
  const program = triggers === undefined ? loaded : { ...loaded, gathering: { triggers } };
  const bank = new ScriptedBank();
  await publishTariffs(db.app);
  await publishProgram(db.app, program);
  await recordHistory(db.app);
  let calls = 0;
  const activitiesOn: TestSystem['activitiesOn'] = (database, info = {}, log = silent) => {
    const activities = createActivities({
      ...{ database, program, rail: bank, log },
      ...{ accounting, wakeBookings },
    });
    return inContext(activities, () => {
      calls += 1;
      return { scheduledMs: Date.UTC(2017, 7, 1) + calls, workflowId: 'test', ...info };
    });
  };
  const activities = activitiesOn(db.app);
  return {
    ...{ db, program, bank, accounting, activities, activitiesOn },
    openPool: async (change) => expectAnswer(await activities.openPool(examplePool(change))),
    record: (redemptions, batchId = 'batch-1', poolId = 'july') =>
      record(db.app, { redemptions, batchId, poolId }),
    close: () => db.drop(),
  };
}

/** The activities of whichever system is the current one when they are called. */
export function ofCurrent(current: () => TestSystem): Activities {
  return Object.fromEntries(
    Object.keys(current().activities).map((name) => [
      name,
      (input: object) => (current().activities[name as keyof Activities] as Call)(input),
    ]),
  ) as unknown as Activities;
}

type Call = (input: object) => Promise<object>;

function inContext(activities: Activities, infoOf: () => Required<CallInfo>): Activities {
  return Object.fromEntries(
    Object.entries(activities).map(([name, run]) => [
      name,
      (input: object) => {
        const { workflowId, scheduledMs } = infoOf();
        const info = {
          activityType: name,
          workflowExecution: { workflowId, runId: 'run-1' },
          scheduledTimestampMs: scheduledMs,
        };
        const logger = new DefaultLogger('ERROR', () => undefined);
        const environment = new MockActivityEnvironment(info, { logger });
        return environment.run(run as Call, input);
      },
    ]),
  ) as unknown as Activities;
}

async function publishTariffs(database: Database): Promise<void> {
  for (const file of await readdir(`${configFolder}/tariffs`)) {
    const json: unknown = JSON.parse(await readFile(`${configFolder}/tariffs/${file}`, 'utf8'));
    const tariff = expectAnswer(parseTariff(json));
    expectAnswer(await withTransaction(database, (tx) => publishTariff(tx, tariff)));
  }
}

async function recordHistory(database: Database): Promise<void> {
  const weeks = ['2017-06-05', '2017-06-12', '2017-06-19', '2017-06-26'];
  const sellers = ['300', '301', '302', '303', '304', '330'];
  const usage = weeks.flatMap((weekStart) =>
    sellers.map((sellerId) => ({ sellerId, weekStart, currency, subsidyMinor: 20_000n })),
  );
  await withTransaction(database, (tx) => recordUsage(tx, usage));
}

async function record(
  database: Database,
  intake: {
    readonly poolId: string;
    readonly batchId: string;
    readonly redemptions: readonly Redemption[];
  },
): Promise<void> {
  const answers = await withTransaction(database, (tx) => recordRedemptions(tx, intake));
  for (const answer of answers) if (isRefusal(answer)) expectAnswer(answer);
}
