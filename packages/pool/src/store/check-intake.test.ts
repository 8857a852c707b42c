import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkIntake, poolMigrations, recordRedemptions } from '../index.ts';
import { open, opening, redemption, source } from '../testing/examples.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(poolMigrations);
  await open(db.app, opening('p', [source('fund')]));
});
afterAll(() => db.drop());

test('a redemption that was altered after it was acknowledged is found', async () => {
  const redemptions = [
    redemption('plain'),
    redemption('with-a-match', {
      recordedMatchMinor: 25n,
      redeemedAt: '2017-07-03T10:15:00+02:00',
    }),
    redemption('of-a-till', { tillDecision: '{"at":"2017-07-03"}' }),
  ];
  await withTransaction(db.app, (tx) =>
    recordRedemptions(tx, { poolId: 'p', batchId: 'b', redemptions }),
  );
  expect(await checkIntake(db.app)).toMatchObject({ id: 'I4', checked: 3, violations: [] });
  await db.owner.query(`update pool.redemption set paid_minor = paid_minor + 1 where id = 'plain'`);
  await db.owner.query(
    `update pool.redemption set till_decision = '{"at":"2017-07-04"}' where id = 'of-a-till'`,
  );
  expect((await checkIntake(db.app)).violations).toEqual([
    'redemption of-a-till is not what was acknowledged',
    'redemption plain is not what was acknowledged',
  ]);
});
