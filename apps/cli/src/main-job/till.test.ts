import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withTransaction, type Json } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { ledgerMigrations } from '@sluice/ledger';
import { expectAnswer, isRefusal } from '@sluice/money';
import { readTillDecision, type TillDecision } from '@sluice/orchestrator';
import { loadProgram, publishProgram, type Program } from '@sluice/orchestrator/activities';
import { openPool, planFunding, poolMigrations, type Redemption } from '@sluice/pool';
import { ruleSetToJson } from '@sluice/rule-engine';
import { publishRuleSet, rulebookMigrations } from '@sluice/rulebook';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import type { ReadRow } from '../redeem/read-redemptions.ts';
import { rowReader } from '../redeem/parse-row.ts';
import { takeIn } from '../redeem/take-in.ts';
import { cells, header } from '../testing/redemption-csv.ts';
import { tempDir } from '../testing/temp-dir.ts';
import { decideRows } from './decide-rows.ts';
import { openTill, tillFolder } from './till.ts';

let db: FreshDatabase;
let program: Program;

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations, poolMigrations, rulebookMigrations);
  program = await loadProgram(expectAnswer(readConfig({})).SLUICE_CONFIG_DIR);
  await publishProgram(db.app, program);
});
afterAll(() => db.drop());

const open = (stateDir: string) => openTill({ database: db.app, program, stateDir });

function redemption(changes: Readonly<Record<string, string>> = {}): Redemption {
  const read = expectAnswer(
    rowReader(header) as Exclude<ReturnType<typeof rowReader>, { kind: 'refusal' }>,
  );
  return expectAnswer(read(cells(changes), 2));
}

async function decided(stateDir: string): Promise<TillDecision> {
  return expectAnswer(readTillDecision(await (await open(stateDir))(redemption())));
}

const rulesOf = ({ ruleSets }: TillDecision): readonly string[] =>
  ruleSets.map(({ id, version }) => `${id}@${version}`);

async function publish(change: Readonly<Record<string, Json>>): Promise<void> {
  const content = { ...(ruleSetToJson(program.ruleSets[0]!) as Record<string, Json>), ...change };
  expectAnswer(
    await withTransaction(db.app, (tx) => publishRuleSet(tx, { content, publishedBy: 'test' })),
  );
}

test('the till of the main job decides by what the rulebook has for it', async () => {
  const stateDir = tempDir();
  const text = await (await open(stateDir))(redemption());
  const { at, device, unit, records, ...rest } = expectAnswer(readTillDecision(text));
  expect({ at, device, unit }).toEqual({ at: '2017-07-03', device: 'till-1', unit: null });
  expect(rulesOf({ at, device, unit, records, ...rest })).toEqual(['complete-journey-discounts@1']);
  expect([...records.keys()]).toEqual(['coupon-discount', 'coupon-match', 'loyalty-discount']);
  expect(records.get('coupon-match')).toContain('"amount":"0.50"');
  const folder = join(stateDir, tillFolder);
  expect(statSync(join(folder, 'signing-key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toHaveLength(1);
});

test('the key stays from start to start, and each bundle counts up', async () => {
  const stateDir = tempDir();
  const key = (): string => readFileSync(join(stateDir, tillFolder, 'signing-key'), 'utf8');
  await open(stateDir);
  const first = key();
  await open(stateDir);
  expect(key()).toBe(first);
  const slots = readdirSync(join(stateDir, tillFolder)).filter((name) => name.endsWith('.json'));
  const versions = slots.map((name) => {
    const stored = readFileSync(join(stateDir, tillFolder, name), 'utf8').split('\n')[1] ?? '';
    return (JSON.parse(stored) as { bundle: { manifest: { version: number } } }).bundle.manifest
      .version;
  });
  expect(versions.toSorted()).toEqual([1, 2]);
});

test('the next start takes newer rules, its own ones, and none of others', async () => {
  const stateDir = tempDir();
  const before = await decided(stateDir);
  await publish({ version: before.ruleSets[0]!.version + 1 });
  await publish({ id: 'of-till-1', scope: { level: 'device', id: 'till-1' } });
  await publish({ id: 'of-till-2', scope: { level: 'device', id: 'till-2' } });
  await publish({ id: 'of-a-user', scope: { level: 'user', id: '84' } });
  await publish({ id: 'of-us', scope: { level: 'institution', id: program.institution } });
  await publish({ id: 'of-others', scope: { level: 'institution', id: 'others' } });
  expect(rulesOf(await decided(stateDir))).toEqual([
    `complete-journey-discounts@${before.ruleSets[0]!.version + 1}`,
    ...['of-till-1@1', 'of-us@1'],
  ]);
});

test('a till that has rules of another database says so', async () => {
  const stateDir = tempDir();
  await publish({ id: 'newer', version: 5 });
  await open(stateDir);
  const other = await freshDatabase(ledgerMigrations, rulebookMigrations);
  try {
    await publishProgram(other.app, program);
    await withTransaction(other.app, (tx) =>
      publishRuleSet(tx, {
        content: { ...(ruleSetToJson(program.ruleSets[0]!) as Record<string, Json>), id: 'newer' },
        publishedBy: 'test',
      }),
    );
    await expect(openTill({ database: other.app, program, stateDir })).rejects.toMatchObject({
      refusal: { code: 'TILL_WITHOUT_RULES', details: { cause: 'BUNDLE_SET_INVALID' } },
    });
  } finally {
    await other.drop();
  }
});

test('a line that was recorded before keeps what its till decided then', async () => {
  const source = {
    ...{ id: 'budget', account: 'funding/budget', capacityMinor: 1_000n, priority: 1 },
    ...{ expiresOn: null, serves: [{ kind: 'loyalty' }] },
  };
  const opening = {
    ...{ id: 'p', currency: 'USD', opensOn: '2017-07-03', closesOn: '2017-07-30' },
    ...{ intermediaryAccount: 'pool/p', forecasts: [] },
    plan: expectAnswer(planFunding({ sizeMinor: 1_000n, sources: [source] })),
  };
  expectAnswer(await withTransaction(db.app, (tx) => openPool(tx, opening)));
  const row = (id: string): ReadRow => ({ line: 2, row: redemption({ redemption_id: id }) });
  const target = { poolId: 'p', batchId: 'b' };
  await takeIn(db.app, target, [[row('without')]]);
  const till = await open(tempDir());
  const record = () =>
    takeIn(db.app, target, decideRows(db.app, till, oneBatch([row('without'), row('with')])));
  expect(await record()).toMatchObject({ recorded: 1, known: 1, refused: 0 });
  await publish({ version: 40 });
  const later = await open(tempDir());
  const rows: (readonly ReadRow[])[] = [];
  const again = oneBatch([row('without'), row('with'), row('new')]);
  for await (const batch of decideRows(db.app, later, again)) rows.push(batch);
  const versions = rows[0]!.map(({ row: read }) => {
    if (isRefusal(read)) throw new Error(read.message);
    return read.tillDecision && /discounts@(\d+)"/.exec(read.tillDecision)?.[1];
  });
  expect(versions[0]).toBeNull();
  expect(versions[1]).not.toBe('40');
  expect(versions[2]).toBe('40');
  expect(await takeIn(db.app, target, rows)).toMatchObject({ recorded: 1, known: 2, refused: 0 });
});

async function* oneBatch(rows: readonly ReadRow[]): AsyncGenerator<readonly ReadRow[]> {
  await Promise.resolve();
  yield rows;
}
