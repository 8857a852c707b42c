import { requestHash, withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { isRefusal } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  poolMigrations,
  readRedemption,
  readRedemptions,
  readTillDecisions,
  recordRedemptions,
  type Redemption,
} from '../index.ts';
import { open, opening, redemption, source } from '../testing/examples.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(poolMigrations);
  await open(db.app, opening('p', [source('fund')]));
  await open(db.app, opening('other', [source('fund')]));
});
afterAll(() => db.drop());

async function intake(
  batchId: string,
  redemptions: readonly Redemption[],
  poolId = 'p',
): Promise<readonly string[]> {
  const answers = await withTransaction(db.app, (tx) =>
    recordRedemptions(tx, { poolId, batchId, redemptions }),
  );
  return answers.map((answer) => (isRefusal(answer) ? answer.code : answer));
}

async function idsOf(batchId: string): Promise<readonly string[]> {
  const page = { batchId, afterSequence: 0n, limit: 10_000 };
  return (await readRedemptions(db.app, page)).map(({ id }) => id);
}

describe('recordRedemptions', () => {
  test('the same again exists, in whatever batch; another body is refused', async () => {
    const first = [redemption('a1'), redemption('a2', { brandId: null, recordedMatchMinor: 7n })];
    expect(await intake('a', first)).toEqual(['recorded', 'recorded']);
    expect(await intake('a', first)).toEqual(['exists', 'exists']);
    expect(await intake('a again', first)).toEqual(['exists', 'exists']);
    expect(await idsOf('a again')).toEqual([]);
    const sameMoment = { ...redemption('a1'), redeemedAt: '2017-07-03T12:15:00+02:00' };
    expect(await intake('a', [sameMoment])).toEqual(['exists']);
    const changes: readonly Partial<Redemption>[] = [
      { paidMinor: 251n },
      { couponValueMinor: 51n },
      { loyaltyDiscountMinor: 1n },
      { recordedMatchMinor: 0n },
      { brandId: null },
      { sellerId: 'store-2' },
      { userId: 'u' },
      { productId: 'x' },
      { quantity: 2 },
      { redeemedAt: '2017-07-03T10:15:01Z' },
      { tillDecision: '{}' },
    ];
    const changed = changes.map((over) => redemption('a1', over));
    expect(new Set(await intake('a', changed))).toEqual(new Set(['REDEMPTION_ID_REUSED']));
    expect(await intake('a', first, 'other')).toEqual(Array(2).fill('REDEMPTION_ID_REUSED'));
    expect(await readRedemption(db.app, 'a1')).toMatchObject({ paidMinor: 250n, poolId: 'p' });
  });

  test("without a till's decision a body is what it was before there were any", async () => {
    await intake('h', [redemption('h1'), redemption('h2', { tillDecision: 'as decided' })]);
    const hash = requestHash({
      ...{ id: 'h1', poolId: 'p', sellerId: 'store-1', userId: 'household-1' },
      ...{ productId: 'product-1', brandId: '1208', quantity: 1, currency: 'USD' },
      ...{ redeemedAt: '2017-07-03T10:15:00.000Z', recordedMatchMinor: null },
      ...{ paidMinor: '250', couponValueMinor: '50', loyaltyDiscountMinor: '0' },
    });
    const rows = await db.app.query<{ id: string; body_hash: string }>(
      `select id, body_hash from pool.redemption where batch_id = 'h' order by id`,
    );
    expect(rows[0]).toEqual({ id: 'h1', body_hash: hash });
    const other = redemption('h2', { tillDecision: 'as altered' });
    expect(await intake('h', [redemption('h2', { tillDecision: 'as decided' }), other])).toEqual([
      'exists',
      'REDEMPTION_ID_REUSED',
    ]);
    expect(await readTillDecisions(db.app, ['h1', 'h2', 'h3'])).toEqual(
      new Map([
        ['h1', null],
        ['h2', 'as decided'],
      ]),
    );
    expect(await readRedemption(db.app, 'h2')).toMatchObject({ tillDecision: 'as decided' });
  });

  test('an id that is twice in one call counts once', async () => {
    const twice = [redemption('t'), redemption('t'), redemption('t', { quantity: 9 })];
    expect(await intake('t', twice)).toEqual(['recorded', 'exists', 'REDEMPTION_ID_REUSED']);
  });

  test('a bad row is refused beside the good ones', async () => {
    const mixed = [redemption('m1'), redemption('m2', { quantity: -1 }), redemption('m3')];
    expect(await intake('m', mixed)).toEqual(['recorded', 'REDEMPTION_INVALID', 'recorded']);
    expect(await idsOf('m')).toEqual(['m1', 'm3']);
    expect(await intake('m', [])).toEqual([]);
  });

  test('a pool that does not exist is refused, row by row', async () => {
    expect(await intake('n', [redemption('n1')], 'nowhere')).toEqual(['POOL_UNKNOWN']);
  });

  test('thousands at once keep their order and every value', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) =>
      redemption(`z${(index * 7_919) % 3_000}`, {
        quantity: index,
        paidMinor: BigInt(index) * 10n ** 14n,
        brandId: index % 2 === 0 ? null : 'brand "{1}", \\ NULL',
        recordedMatchMinor: index % 3 === 0 ? null : BigInt(index),
        tillDecision: index % 5 === 0 ? null : `{"NULL": "${index}, \\ é"}`,
      }),
    );
    expect(new Set(await intake('z', many))).toEqual(new Set(['recorded']));
    const read: Redemption[] = [];
    for (let afterSequence = 0n; ;) {
      const page = await readRedemptions(db.app, { batchId: 'z', afterSequence, limit: 700 });
      const last = page.at(-1);
      if (last === undefined) break;
      afterSequence = last.sequence;
      read.push(...page.map(({ sequence: _sequence, ...body }) => body));
    }
    expect(read).toEqual(many);
  });

  test('many writers that bring the same redemptions record each once', async () => {
    const batch = Array.from({ length: 200 }, (_, index) => redemption(`race-${index}`));
    const writers = Array.from({ length: 10 }, () => intake('race', batch));
    const answers = (await Promise.all(writers)).flat();
    expect(answers.filter((answer) => answer === 'recorded')).toHaveLength(200);
    expect(answers.filter((answer) => answer === 'exists')).toHaveLength(1_800);
    expect(await idsOf('race')).toHaveLength(200);
  });

  test('writers that bring the same in opposite order wait, and never deadlock', async () => {
    const batch = ['order-1', 'order-2', 'order-3'].map((id) => redemption(id));
    const attempts: string[] = [];
    const write = (name: string, redemptions: readonly Redemption[]): Promise<unknown> =>
      withTransaction(db.app, (tx) => {
        attempts.push(name);
        return recordRedemptions(tx, { poolId: 'p', batchId: 'order', redemptions });
      });
    const writers: Promise<unknown>[] = [];
    // The middle row is held until both writers wait, each with what it wrote before.
    await withTransaction(db.app, async (tx) => {
      const middle = batch.slice(1, 2);
      await recordRedemptions(tx, { poolId: 'p', batchId: 'order', redemptions: middle });
      writers.push(write('forward', batch), write('backward', batch.toReversed()));
      await expect.poll(countWaiting, { timeout: 10_000 }).toBe(2);
    });
    await Promise.all(writers);
    expect(attempts.toSorted()).toEqual(['backward', 'forward']);
    expect(await idsOf('order')).toHaveLength(3);
  });
});

async function countWaiting(): Promise<number> {
  const [row] = await db.owner.query<{ waiting: number }>(
    `select count(*)::integer as waiting from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.waiting ?? 0;
}

test('a redemption that does not exist is null', async () => {
  expect(await readRedemption(db.app, 'nobody')).toBeNull();
});
