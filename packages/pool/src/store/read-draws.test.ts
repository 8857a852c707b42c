import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countDraws, poolMigrations, readDraws, type RecordedDraw } from '../index.ts';
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
  const [first, second] = ['first', 'second'].map((id, index) =>
    source(id, { capacityMinor: 100n, priority: index, serves: [{ kind: 'coupon' }] }),
  );
  await open(db.app, opening('p', [first!, second!]));
  await takeIn(
    db.app,
    'p',
    ['r1', 'r2', 'r3', 'waiting'].map((id) => redemption(id)),
  );
  // The second one is drawn from both sources.
  await drawAndRecord(db.app, 'p', [request('r2', 60n), request('r1', 70n), request('r3', 10n)]);
});
afterAll(() => db.drop());

test.each([1, 2, 3, 1_000])('in pages of %i each line is read once', async (limit) => {
  const draws: RecordedDraw[] = [];
  for (;;) {
    const page = await readDraws(db.app, { after: draws.at(-1) ?? null, limit });
    draws.push(...page);
    if (page.length < limit) break;
  }
  expect(
    draws.map(({ redemptionId, line, sourceId, amountMinor }) => [
      ...[redemptionId, line, sourceId, amountMinor],
    ]),
  ).toEqual([
    ['r1', 1, 'first', 40n],
    ['r1', 2, 'second', 30n],
    ['r2', 1, 'first', 60n],
    ['r3', 1, 'second', 10n],
  ]);
  expect(await countDraws(db.app)).toBe(4);
});

test('a line comes with what it was booked by', async () => {
  const { sellerId, redeemedAt, currency } = redemption('r1');
  const [draw] = await readDraws(db.app, { after: null, limit: 1 });
  expect(draw).toEqual({
    ...{ redemptionId: 'r1', line: 1, poolId: 'p', sellerId, sourceId: 'first', kind: 'coupon' },
    ...{ redeemedAt: new Date(redeemedAt).toISOString(), amountMinor: 40n, currency },
  });
});
