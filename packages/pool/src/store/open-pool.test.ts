import { sqlState, withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal, type Refusal } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  closePool,
  forecastUsage,
  listPools,
  lockFunds,
  openPool,
  poolMigrations,
  readPool,
  type PoolOpening,
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
});
afterAll(() => db.drop());

const tryOpen = (pool: PoolOpening): Promise<'opened' | 'exists' | Refusal> =>
  withTransaction(db.app, (tx) => openPool(tx, pool));

describe('openPool', () => {
  const sources = [
    source('brand-1208', { serves: [{ kind: 'coupon', brand: '1208' }], expiresOn: '2017-12-31' }),
    source('bank-line', { priority: 9, serves: [{ kind: 'match' }, { kind: 'loyalty' }] }),
  ];
  const forecasts = [
    forecastUsage({ sellerId: 'store-1', weeklyMinor: [100n, 200n, 300n] }, 2),
    forecastUsage({ sellerId: 'store-2', weeklyMinor: [] }, 2),
  ];
  const pool = opening('july', sources, { name: 'Weeks 27-30', forecasts });

  test('opens once; the same again exists; anything else is refused', async () => {
    expect(await tryOpen(pool)).toBe('opened');
    expect(await tryOpen(pool)).toBe('exists');
    const again = { ...pool, forecasts: pool.forecasts.toReversed() };
    expect(await tryOpen(again)).toBe('exists');
    for (const other of [
      { ...pool, closesOn: '2017-07-29' },
      { ...pool, name: 'Other' },
      { ...pool, forecasts: [] },
      opening('july', sources, { forecasts, sizeMinor: 5n }),
    ]) {
      expect(await tryOpen(other)).toMatchObject({ code: 'POOL_EXISTS_DIFFERENTLY' });
    }
  });

  test('gives back what it was opened with', async () => {
    const report = expectAnswer(await readPool(db.app, 'july'));
    expect(report).toMatchObject({
      name: 'Weeks 27-30',
      state: 'open',
      opensOn: '2017-07-03',
      closesOn: '2017-07-30',
      intermediaryAccount: 'pool:july',
      sizeMinor: 2_000n,
      drawnMinor: 0n,
      forecast: { sellers: 2, expectedMinor: 400n, upperMinor: 758n },
      waiting: 0,
      outcomes: [],
    });
    const funds = expectAnswer(await withTransaction(db.app, (tx) => lockFunds(tx, 'july')));
    expect(funds.mandates.map((mandate) => mandate.source)).toEqual([sources[1], sources[0]]);
    expect(await listPools(db.app)).toMatchObject([{ id: 'july', currency: 'USD' }]);
  });

  test.each([
    ['a period that ends before it starts', { opensOn: '2017-08-01' }, 'POOL_PERIOD_INVALID'],
    ['a day that does not exist', { closesOn: '2017-07-32' }, 'POOL_PERIOD_INVALID'],
    ['a currency that does not exist', { currency: 'USX' }, 'CURRENCY_UNKNOWN'],
  ])('%s is refused', async (_title, over, code) => {
    expect(await tryOpen(opening('bad', [source('a')], over))).toMatchObject({ code });
  });

  test('a source keeps its account for ever, and a refusal leaves nothing behind', async () => {
    const moved = opening('moved', [source('new'), source('bank-line', { account: 'else' })]);
    const shared = opening('shared', [source('new', { account: 'source:bank-line' })]);
    expect(await tryOpen(moved)).toMatchObject({ code: 'SOURCE_EXISTS_DIFFERENTLY' });
    expect(await tryOpen(shared)).toMatchObject({ code: 'SOURCE_EXISTS_DIFFERENTLY' });
    expect(await db.app.query(`select from pool.source where id = 'new'`)).toHaveLength(0);
    expect(await readPool(db.app, 'moved')).toMatchObject({ code: 'POOL_UNKNOWN' });
  });

  test('a later pool has mandates of its own on the same sources', async () => {
    const august = opening('august', [source('bank-line', { capacityMinor: 7n, priority: 1 })]);
    expect(await tryOpen(august)).toBe('opened');
    expect(expectAnswer(await readPool(db.app, 'august')).sources).toMatchObject([
      { sourceId: 'bank-line', limitMinor: 7n },
    ]);
  });

  test('many at once open one pool, once', async () => {
    const race = opening('race', [source('race-a'), source('race-b')]);
    const answers = await Promise.all(Array.from({ length: 12 }, () => tryOpen(race)));
    expect(answers.filter((answer) => answer === 'opened')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'exists')).toHaveLength(11);
  });

  test('of two pools that bring one new source on two accounts, one is refused', async () => {
    const answers = await Promise.all(
      ['x', 'y'].map((id) => tryOpen(opening(id, [source('fresh', { account: `at-${id}` })]))),
    );
    expect(answers.filter((answer) => answer === 'opened')).toHaveLength(1);
    expect(answers.find(isRefusal)).toMatchObject({ code: 'SOURCE_EXISTS_DIFFERENTLY' });
  });
});

describe('closePool', () => {
  test('releases what was not drawn, the same for ever, and later draws are refused', async () => {
    const first = source('close-a', { capacityMinor: 100n });
    const second = source('close-b', { capacityMinor: 40n, priority: 2 });
    await open(db.app, opening('closing', [second, first]));
    await takeIn(db.app, 'closing', [redemption('c1'), redemption('c2')]);
    await drawAndRecord(db.app, 'closing', [request('c1', 110n)]);
    const close = (): ReturnType<typeof closePool> =>
      withTransaction(db.app, (tx) => closePool(tx, 'closing'));
    const released = [
      { sourceId: 'close-a', account: 'source:close-a', releasedMinor: 0n },
      { sourceId: 'close-b', account: 'source:close-b', releasedMinor: 30n },
    ];
    expect(await close()).toEqual({ answer: 'closed', released });
    expect(await close()).toEqual({ answer: 'was-closed', released });
    expect(await drawAndRecord(db.app, 'closing', [request('c2', 1n)])).toMatchObject([
      { status: 'refused', refusal: { code: 'POOL_CLOSED' } },
    ]);
  });

  test('a pool that does not exist is refused', async () => {
    const closing = withTransaction(db.app, (tx) => closePool(tx, 'nowhere'));
    expect(await closing).toMatchObject({ code: 'POOL_UNKNOWN' });
  });
});

describe('the app role', () => {
  test.each([
    `update pool.pool set size_minor = size_minor + 1`,
    `update pool.mandate set limit_minor = limit_minor + 1`,
    `update pool.source set account = 'else'`,
    `update pool.forecast set expected_minor = 0`,
    `update pool.redemption set paid_minor = 0`,
    `update pool.outcome set status = 'paid'`,
    `update pool.draw_line set amount_minor = 1`,
    `delete from pool.draw_line`,
    `delete from pool.outcome`,
    `delete from pool.redemption`,
    `truncate pool.draw_line`,
  ])('cannot %s', async (sql) => {
    const error: unknown = await db.app.query(sql).catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe('42501');
  });

  test.each([
    `update pool.mandate set drawn_minor = limit_minor + 1`,
    `update pool.mandate set drawn_minor = -1`,
    `update pool.pool set drawn_minor = size_minor + 1`,
    `update pool.pool set state = 'open', closed_at = now()`,
  ])('is stopped by a CHECK at %s', async (sql) => {
    const error: unknown = await db.app.query(sql).catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe('23514');
  });
});
