import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poolMigrations, readFees, sumFees, type RecordedFee } from '../index.ts';
import {
  drawAndRecord,
  open,
  opening,
  redemption,
  request,
  source,
  takeIn,
} from '../testing/examples.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(poolMigrations);
  await open(db.app, opening('p', [source('fund')]));
  await open(db.app, opening('q', [source('fund')]));
  const ids = ['r1', 'r2', 'r3', 'free', 'refused'];
  const sellerOf = (id: string): string => (id === 'r3' ? 'other' : 'store-1');
  const all = ids.map((id) => redemption(id, { sellerId: sellerOf(id) }));
  await takeIn(db.app, 'p', all);
  await takeIn(db.app, 'q', [redemption('r4')]);
  const requests = ['r3', 'r1', 'r2'].map((id) => request(id, 60n));
  await drawAndRecord(db.app, 'p', [...requests, request('refused', 9_999n)], 2n);
  await drawAndRecord(db.app, 'p', [request('free', 10n)]);
  await drawAndRecord(db.app, 'q', [request('r4', 50n)], 50n);
});
afterAll(() => db.drop());

test.each([1, 2, 4, 1_000])('in pages of %i each fee is read once', async (limit) => {
  const fees: RecordedFee[] = [];
  for (;;) {
    const page = await readFees(db.app, { after: fees.at(-1) ?? null, limit });
    fees.push(...page);
    if (page.length < limit) break;
  }
  expect(fees.map(({ redemptionId, amountMinor }) => [redemptionId, amountMinor])).toEqual([
    ['r1', 2n],
    ['r2', 2n],
    ['r3', 2n],
    ['r4', 50n],
  ]);
});

test('a fee comes with what it was booked by', async () => {
  const { sellerId, redeemedAt, currency } = redemption('r1');
  expect(await readFees(db.app, { after: null, limit: 1 })).toEqual([
    { redemptionId: 'r1', poolId: 'p', sellerId, redeemedAt, amountMinor: 2n, currency },
  ]);
});

test('fees are summed by pool, of one seller or of all', async () => {
  const [p, q] = ['p', 'q'].map((poolId) => ({ poolId, currency: 'USD' }));
  expect(await sumFees(db.app)).toEqual([
    { ...p, redemptions: 3, amountMinor: 6n },
    { ...q, redemptions: 1, amountMinor: 50n },
  ]);
  expect(await sumFees(db.app, 'other')).toEqual([{ ...p, redemptions: 1, amountMinor: 2n }]);
  expect(await sumFees(db.app, 'nobody')).toEqual([]);
});

test.each([
  [
    'above its subsidy',
    `update pool.outcome set platform_fee_minor = 61 where redemption_id = 'r1'`,
  ],
  ['below nothing', `update pool.outcome set platform_fee_minor = -1 where redemption_id = 'r1'`],
  ['unpaid', `update pool.outcome set platform_fee_minor = 1 where redemption_id = 'refused'`],
])('the database itself refuses a fee that is %s', async (_, sql) => {
  await expect(db.owner.query(sql)).rejects.toThrow('violates check constraint');
});
