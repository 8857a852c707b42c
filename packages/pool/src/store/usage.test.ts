import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poolMigrations, readUsage, recordUsage, type WeeklyUsage } from '../index.ts';

let db: FreshDatabase;
beforeAll(async () => void (db = await freshDatabase(poolMigrations)));
afterAll(() => db.drop());

const week = (sellerId: string, weekStart: string, subsidyMinor: bigint): WeeklyUsage => ({
  sellerId,
  weekStart,
  currency: 'USD',
  subsidyMinor,
});
const record = (usage: readonly WeeklyUsage[]): Promise<void> =>
  withTransaction(db.app, (tx) => recordUsage(tx, usage));

test('a history has one amount per week, oldest first, 0 where the seller had none', async () => {
  await record([
    week('330', '2017-06-05', 100n),
    week('330', '2017-06-19', 300n),
    week('406', '2017-06-12', 50n),
    { ...week('406', '2017-06-12', 7n), currency: 'CNY' },
  ]);
  const window = { currency: 'USD', before: '2017-06-26', weeks: 8 };
  expect(await readUsage(db.app, window)).toEqual([
    { sellerId: '330', weeklyMinor: [100n, 0n, 300n] },
    { sellerId: '406', weeklyMinor: [0n, 50n, 0n] },
  ]);
});

test('only the last weeks before the day count', async () => {
  expect(await readUsage(db.app, { currency: 'USD', before: '2017-06-19', weeks: 1 })).toEqual([
    { sellerId: '406', weeklyMinor: [50n] },
  ]);
});

test('a week that is recorded stays as it is, and many record at once', async () => {
  const again = [week('330', '2017-06-05', 999n), week('500', '2017-06-05', 1n)];
  await Promise.all(Array.from({ length: 8 }, () => record(again)));
  const histories = await readUsage(db.app, { currency: 'USD', before: '2017-06-06', weeks: 1 });
  expect(histories).toEqual([
    { sellerId: '330', weeklyMinor: [100n] },
    { sellerId: '500', weeklyMinor: [1n] },
  ]);
});

test('without history there is nothing to forecast from', async () => {
  expect(await readUsage(db.app, { currency: 'USD', before: '2000-01-01', weeks: 8 })).toEqual([]);
});
