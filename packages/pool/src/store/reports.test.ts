import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkPool,
  countTillDecisions,
  forecastUsage,
  poolMigrations,
  readPool,
  readSellerFunding,
  readTopSellers,
} from '../index.ts';
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
  const sources = [
    source('brand-1208', { serves: [{ kind: 'coupon', brand: '1208' }] }),
    source('match-fund', { serves: [{ kind: 'match' }] }),
  ];
  const forecasts = [forecastUsage({ sellerId: 'big', weeklyMinor: [20n, 20n] }, 4)];
  await open(db.app, opening('p', sources, { forecasts }));
  const sellers = ['big', 'big', 'small', 'none', 'waiting'];
  await takeIn(
    db.app,
    'p',
    sellers.map((sellerId, index) => redemption(`r${index}`, { sellerId })),
  );
  const match = { kind: 'match', brand: null };
  const requests = [
    request('r0', 70n),
    request('r1', 20n, match),
    request('r2', 40n, match),
    request('r3', 99n, { kind: 'gift' }),
  ];
  await drawAndRecord(db.app, 'p', requests, 2n);
});
afterAll(() => db.drop());

describe('reports', () => {
  test('a pool shows its outcomes by reason, and what waits', async () => {
    const report = expectAnswer(await readPool(db.app, 'p'));
    expect(report.waiting).toBe(1);
    expect(report.forecast).toEqual({ sellers: 1, expectedMinor: 80n, upperMinor: 80n });
    expect(report.outcomes).toEqual([
      {
        ...{ status: 'paid', code: null, count: 3 },
        ...{ discountMinor: 130n, subsidyMinor: 130n, platformFeeMinor: 6n },
      },
      {
        ...{ status: 'refused', code: 'NO_SOURCE', count: 1 },
        ...{ discountMinor: 99n, subsidyMinor: 99n, platformFeeMinor: 0n },
      },
    ]);
  });

  test('the largest sellers come with who funded them', async () => {
    const big = {
      sellerId: 'big',
      redemptions: 2,
      subsidyMinor: 90n,
      bySource: [
        { sourceId: 'brand-1208', amountMinor: 70n },
        { sourceId: 'match-fund', amountMinor: 20n },
      ],
      expectedMinor: 80n,
    };
    const small = {
      sellerId: 'small',
      redemptions: 1,
      subsidyMinor: 40n,
      bySource: [{ sourceId: 'match-fund', amountMinor: 40n }],
      expectedMinor: null,
    };
    expect(await readTopSellers(db.app, 'p', 10)).toEqual([big, small]);
    expect(await readTopSellers(db.app, 'p', 1)).toEqual([big]);
    expect(await readTopSellers(db.app, 'nowhere', 10)).toEqual([]);
  });

  test('a seller sees who funded its discounts, kind by kind', async () => {
    const common = { poolId: 'p', currency: 'USD', redemptions: 1 };
    expect(await readSellerFunding(db.app, 'big')).toEqual([
      { ...common, sourceId: 'brand-1208', kind: 'coupon', amountMinor: 70n },
      { ...common, sourceId: 'match-fund', kind: 'match', amountMinor: 20n },
    ]);
    expect(await readSellerFunding(db.app, 'none')).toEqual([]);
  });
});

describe('checkPool', () => {
  async function violationsAfter(...sql: readonly string[]): Promise<readonly string[]> {
    for (const statement of sql) await db.owner.query(statement);
    return (await checkPool(db.app)).flatMap(({ violations }) => violations);
  }

  test('lists a redemption without an outcome as waiting, and proves the rest', async () => {
    expect(await checkPool(db.app)).toEqual([
      expect.objectContaining({
        id: 'I7',
        checked: 5,
        violations: ['redemption r4 of batch batch is waiting: taken in, not decided'],
      }),
      expect.objectContaining({ id: 'I5', checked: 0, violations: [] }),
      expect.objectContaining({ id: 'I8', checked: 4, violations: [] }),
    ]);
    await drawAndRecord(db.app, 'p', [request('r4', 1n)]);
    expect(await violationsAfter()).toEqual([]);
  });

  test('finds a line that was changed, in every sum it belongs to', async () => {
    const found = await violationsAfter(
      `update pool.draw_line set amount_minor = 1001 where redemption_id = 'r1'`,
    );
    expect(found).toEqual([
      'redemption r1 is paid with a subsidy of 20, its lines sum to 1001',
      'redemption r1 brings source match-fund of pool p to 1001, its mandate is 1000',
      'redemption r2 brings source match-fund of pool p to 1041, its mandate is 1000',
      'pool p has drawn 60 from source match-fund, its lines sum to 1041',
    ]);
    const restore = `update pool.draw_line set amount_minor = 20 where redemption_id = 'r1'`;
    expect(await violationsAfter(restore)).toEqual([]);
  });

  test('finds lines of a refused redemption and of a source without a mandate', async () => {
    const found = await violationsAfter(
      `insert into pool.draw_line values ('r3', 1, 'stranger', 'gift', 5)`,
    );
    expect(found).toEqual([
      'redemption r3 is refused with a subsidy of 99, its lines sum to 5',
      expect.stringContaining('redemption r3 brings source stranger of pool p to 5'),
    ]);
    const restore = `delete from pool.draw_line where source_id = 'stranger'`;
    expect(await violationsAfter(restore)).toEqual([]);
  });

  test('finds what was paid otherwise than its till decided', async () => {
    const found = await violationsAfter(
      `update pool.redemption set till_decision = '{}' where id in ('r1', 'r2', 'r3')`,
      `update pool.outcome set explanation = '{"till": "same"}' where redemption_id = 'r2'`,
      `update pool.outcome set explanation = '{"till": "different"}' where redemption_id = 'r1'`,
    );
    expect(found).toEqual(['redemption r1 is paid, and not as the till decided it']);
    const { decided, same, parked } = await countTillDecisions(db.app, 'p');
    expect({ decided, same, parked }).toEqual({ decided: 3, same: 1, parked: 0 });
    const restore = `update pool.outcome set explanation = '{"till": "same"}'`;
    expect(await violationsAfter(restore)).toEqual([]);
  });

  test('finds a pool whose mandates tell another sum', async () => {
    const found = await violationsAfter(`update pool.pool set drawn_minor = drawn_minor + 1`);
    expect(found).toEqual(['pool p has drawn 132, its mandates 131, its size is 2000']);
  });

  test('finds a refusal whose reason was lost', async () => {
    const found = await violationsAfter(
      `update pool.pool set drawn_minor = drawn_minor - 1`,
      `update pool.outcome set refusal = '{}' where redemption_id = 'r3'`,
    );
    expect(found).toEqual(['redemption r3 is refused without a reason']);
  });
});
