import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countTillDecisions, poolMigrations, readTillDecisions } from '../index.ts';
import { open, opening, redemption, source, takeIn } from '../testing/examples.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(poolMigrations);
});
afterAll(() => db.drop());

/** Whether a table was gone through as a whole, in this transaction. */
async function scansAll(ids: readonly string[]): Promise<boolean> {
  return withTransaction(db.app, async (tx) => {
    await readTillDecisions(tx, ids);
    const [row] = await tx.query<{ scans: bigint }>(
      `select pg_stat_get_xact_numscans('pool.redemption'::regclass) as scans`,
    );
    return row?.scans !== 0n;
  });
}

test('what tills decided is looked up by id, also by a plan for an empty table', async () => {
  const ids = Array.from({ length: 330 }, (_, index) => `r${index}`);
  expect(await readTillDecisions(db.app, ids)).toEqual(new Map());
  expect(await scansAll(ids)).toBe(false);
  await open(db.app, opening('p', [source('fund')]));
  await takeIn(db.app, 'p', [redemption('r7', { tillDecision: '{}' }), redemption('r8')]);
  expect(await readTillDecisions(db.app, ids)).toEqual(
    new Map([
      ['r7', '{}'],
      ['r8', null],
    ]),
  );
  const { decided, same, parked } = await countTillDecisions(db.app, 'p');
  expect({ decided, same, parked }).toEqual({ decided: 0, same: 0, parked: 0 });
});
