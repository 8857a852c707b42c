import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer } from '@sluice/money';
import { openPool, planFunding, poolMigrations, readRedemptions } from '@sluice/pool';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { csv, line } from '../testing/redemption-csv.ts';
import { tempFile } from '../testing/temp-dir.ts';
import { readRedemptionCsv } from './read-redemptions.ts';
import { takeIn, type Intake, type IntakeTarget } from './take-in.ts';

let db: FreshDatabase;
let poolId = '';
let pools = 0;

beforeAll(async () => {
  db = await freshDatabase(poolMigrations);
});
afterAll(() => db.drop());

beforeEach(async () => {
  pools += 1;
  poolId = `pool-${pools}`;
  const source = {
    ...{ id: 'budget', account: 'funding/budget', capacityMinor: 1_000n, priority: 1 },
    ...{ expiresOn: null, serves: [{ kind: 'loyalty' }] },
  };
  const opening = {
    ...{ id: poolId, currency: 'USD', opensOn: '2017-07-03', closesOn: '2017-07-30' },
    ...{ intermediaryAccount: `pool/${poolId}`, forecasts: [] },
    plan: expectAnswer(planFunding({ sizeMinor: 1_000n, sources: [source] })),
  };
  expectAnswer(await withTransaction(db.app, (tx) => openPool(tx, opening)));
});

/** An id of this test alone: redemptions are recorded once for ever. */
function id(name: string): string {
  return `${poolId}-${name}`;
}

function row(name: string, changes: Readonly<Record<string, string>> = {}): string {
  return line({ redemption_id: id(name), ...changes });
}

function take(
  content: string,
  batchId = 'batch',
  target: Partial<IntakeTarget> = {},
): Promise<Intake> {
  const rows = readRedemptionCsv(tempFile('own.csv', content));
  return takeIn(db.app, { poolId, batchId: id(batchId), ...target }, rows);
}

async function recorded(batchId = 'batch'): Promise<readonly string[]> {
  const page = { batchId: id(batchId), afterSequence: 0n, limit: 10_000 };
  return (await readRedemptions(db.app, page)).map((redemption) => redemption.id);
}

describe('taking redemptions in', () => {
  test('records good rows in their order, and tells the bad ones by line and field', async () => {
    const bad = row('b', { quantity: 'many' });
    const intake = await take(csv(row('a'), bad, 'x', row('c')));
    expect(intake).toMatchObject({ rows: 4, recorded: 2, known: 0, refused: 2 });
    expect(intake.refusals.map(({ message }) => message)).toEqual([
      'line 3: quantity is "many", expected a whole number from 0 to 999999999',
      'line 4: 1 fields, expected 12 as in the header',
    ]);
    expect(await recorded()).toEqual([id('a'), id('c')]);
  });

  test('of the same file twice changes nothing', async () => {
    const content = csv(row('a'), row('b'));
    await take(content);
    const again = await take(content, 'another-batch');
    expect(again).toEqual({ rows: 2, recorded: 0, known: 2, refused: 0, refusals: [] });
    expect(await recorded('another-batch')).toEqual([]);
  });

  test('refuses an id that was recorded with another content, by its line', async () => {
    await take(csv(row('a'), row('b')));
    const intake = await take(csv(row('a'), row('b', { paid: '9.99' }), row('c')), 'second');
    expect(intake).toMatchObject({ recorded: 1, known: 1, refused: 1 });
    expect(intake.refusals).toMatchObject([
      { code: 'REDEMPTION_ID_REUSED', details: { line: 3, redemptionId: id('b') } },
    ]);
    expect(intake.refusals[0]?.message).toMatch(/^line 3: redemption ".*-b" was recorded before/);
    expect(await recorded('second')).toEqual([id('c')]);
  });

  test('tells what the pool refuses in the words of the file, line by line', async () => {
    const foreign = row('a', { currency: 'EUR' });
    const intake = await take(csv(foreign, row('b'), 'x'));
    expect(intake).toMatchObject({ recorded: 1, refused: 2 });
    expect(intake.refusals.map(({ message }) => message)).toEqual([
      `line 2: currency is "EUR", expected USD, the pool's currency`,
      'line 4: 1 fields, expected 12 as in the header',
    ]);
  });

  test('counts every refused row, and keeps the first twenty', async () => {
    const intake = await take(csv(...Array.from({ length: 50 }, () => 'x')));
    expect(intake).toMatchObject({ rows: 50, refused: 50 });
    expect(intake.refusals).toHaveLength(20);
  });

  test('goes through a file of several transactions, telling how far it is', async () => {
    const names = Array.from({ length: 2_500 }, (_, index) => `${index}`);
    const seen: number[] = [];
    const onRows = (rows: number): number => seen.push(rows);
    const intake = await take(csv(...names.map((name) => row(name))), 'batch', { onRows });
    expect(intake).toMatchObject({ rows: 2_500, recorded: 2_500 });
    expect(await recorded()).toEqual(names.map(id));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toBe(2_500);
  });

  test('that is stopped keeps what was recorded, and goes on when it is repeated', async () => {
    const content = csv(...Array.from({ length: 2_500 }, (_, index) => row(`${index}`)));
    const stop = new AbortController();
    const stopping = { signal: stop.signal, onRows: () => stop.abort(new Error('stop')) };
    await expect(take(content, 'batch', stopping)).rejects.toThrow('stop');
    const kept = (await recorded()).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(2_500);
    const intake = await take(content);
    expect(intake).toMatchObject({ recorded: 2_500 - kept, known: kept, refused: 0 });
  });

  test('for a pool that is not there refuses every row', async () => {
    const intake = await take(csv(row('a')), 'batch', { poolId: 'nowhere' });
    expect(intake).toMatchObject({ recorded: 0, refused: 1, refusals: [{ code: 'POOL_UNKNOWN' }] });
  });
});
