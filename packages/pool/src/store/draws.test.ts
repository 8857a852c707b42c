import { openDatabase, RetryTransactionError, appRole, withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer } from '@sluice/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkPool,
  evaluateDraws,
  lockFunds,
  poolMigrations,
  readOutcomes,
  readPool,
  recordOutcomes,
  recordRedemptions,
  type DrawRequest,
  type Outcome,
  type PoolReport,
} from '../index.ts';
import {
  drawAndRecord,
  open,
  opening,
  redemption,
  request,
  source,
  takeIn,
  toOutcome,
} from '../testing/examples.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(poolMigrations);
});
afterAll(() => db.drop());

const ids = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

async function reportOf(poolId: string): Promise<PoolReport> {
  return expectAnswer(await readPool(db.app, poolId));
}

async function expectSound(): Promise<void> {
  for (const { violations } of await checkPool(db.app)) expect(violations).toEqual([]);
}

describe('many draws at once', () => {
  const count = 60;

  test.each([
    ['pool-bound', 40n * 7n, 10_000n, 'POOL_EXHAUSTED'],
    ['mandate-bound', 10_000n, 40n * 7n, 'MANDATE_EXHAUSTED'],
  ])('%s: exactly what fits is paid, the rest refused', async (id, sizeMinor, limit, code) => {
    const fund = source(`${id}-fund`, { capacityMinor: limit });
    const idle = source(`${id}-idle`, { serves: [{ kind: 'match' }], capacityMinor: 10_000n });
    await open(db.app, opening(id, [fund, idle], { sizeMinor }));
    const names = ids(id, count);
    await takeIn(
      db.app,
      id,
      names.map((name) => redemption(name)),
    );
    const databases = Array.from({ length: 4 }, () =>
      openDatabase({ url: db.url, role: appRole, maxConnections: 8 }),
    );
    const results = await Promise.all(
      names.map((name, index) =>
        drawAndRecord(databases[index % 4] ?? db.app, id, [request(name, 7n)]),
      ),
    );
    await Promise.all(databases.map((database) => database.close()));
    const outcomes = results.flat();
    expect(outcomes.filter(({ status }) => status === 'paid')).toHaveLength(40);
    const refused = outcomes.filter(({ status }) => status === 'refused');
    expect(refused.map(({ refusal }) => refusal?.code)).toEqual(Array(20).fill(code));
    expect(await reportOf(id)).toMatchObject({
      drawnMinor: 280n,
      waiting: 0,
      outcomes: [
        { status: 'paid', code: null, count: 40, subsidyMinor: 280n },
        { status: 'refused', code, count: 20, subsidyMinor: 140n },
      ],
    });
    await expectSound();
  });

  test('any amounts in any batches: never over, every one with an outcome', async () => {
    let run = 0;
    const batches = fc.array(fc.array(fc.bigInt(0n, 60n), { minLength: 1, maxLength: 8 }), {
      minLength: 2,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(batches, fc.bigInt(0n, 500n), async (amounts, sizeMinor) => {
        const id = `any-${(run += 1)}`;
        const funds = [
          source('any-a', { capacityMinor: 150n }),
          source('any-b', { capacityMinor: 400n, priority: 2 }),
        ];
        await open(db.app, opening(id, funds, { sizeMinor }));
        const requests = amounts.map((batch, outer) =>
          batch.map((amount, inner) => request(`${id}-${outer}-${inner}`, amount)),
        );
        const names = requests.flat().map(({ redemptionId }) => redemption(redemptionId));
        await takeIn(db.app, id, names);
        const results = await Promise.all(
          requests.map((batch) => drawAndRecord(db.app, id, batch)),
        );
        const paid = results.flat().filter(({ status }) => status === 'paid');
        const total = paid.reduce((sum, { subsidyMinor }) => sum + subsidyMinor, 0n);
        const report = await reportOf(id);
        expect(report.drawnMinor).toBe(total);
        expect(total <= sizeMinor).toBe(true);
        expect(report.outcomes.reduce((sum, each) => sum + each.count, 0)).toBe(names.length);
        expect(report.waiting).toBe(0);
      }),
      { numRuns: 15 },
    );
    await expectSound();
  });

  test('intake goes on while a draw holds the pool', async () => {
    await open(db.app, opening('busy', [source('busy-fund')]));
    await withTransaction(db.app, async (tx) => {
      expectAnswer(await lockFunds(tx, 'busy'));
      await withTransaction(db.app, (other) =>
        recordRedemptions(other, {
          poolId: 'busy',
          batchId: 'busy',
          redemptions: [redemption('busy-1')],
        }),
      );
    });
    await drawAndRecord(db.app, 'busy', [request('busy-1', 1n)]);
  });
});

describe('recordOutcomes', () => {
  const named = source('brand-1208', { serves: [{ kind: 'coupon', brand: '1208' }] });
  const match = source('match-fund', { serves: [{ kind: 'match' }], capacityMinor: 10n });
  const bank = source('bank-line', { serves: [{ kind: 'match' }], priority: 9 });
  const asked: DrawRequest = {
    redemptionId: 'o-1',
    sellerId: 'store-1',
    components: [
      { kind: 'coupon', brand: '1208', amountMinor: 50n },
      { kind: 'match', brand: null, amountMinor: 15n },
    ],
  };

  beforeAll(async () => {
    await open(db.app, opening('o', [named, match, bank]));
    await open(db.app, opening('o-other', [source('o-fund')]));
    const names = ['o-1', 'o-2', 'o-3', 'o-4', 'o-5'];
    await takeIn(
      db.app,
      'o',
      names.map((name) => redemption(name)),
    );
  });

  const record = (poolId: string, outcomes: readonly Outcome[]): Promise<void> =>
    withTransaction(db.app, async (tx) => {
      const funds = expectAnswer(await lockFunds(tx, poolId));
      await recordOutcomes(tx, { funds, outcomes, workflowId: 'w' });
    });

  test('what was recorded reads back as it was', async () => {
    const refused = request('o-2', 2_000n);
    const outcomes = await drawAndRecord(db.app, 'o', [asked, refused]);
    const parked: Outcome = {
      ...toOutcome(request('o-3', 5n), []),
      status: 'parked',
      refusal: { kind: 'refusal', code: 'MATCH_DISPUTED', message: 'look', details: { by: 1 } },
      explanation: { rules: ['coupon@3'], share: '0.5', note: null },
    };
    await record('o', [parked]);
    expect(await readOutcomes(db.app, ['o-2', 'o-1', 'o-3', 'o-4'])).toEqual([...outcomes, parked]);
    expect((await reportOf('o')).sources).toEqual([
      expect.objectContaining({ sourceId: 'brand-1208', drawnMinor: 50n, leftMinor: 950n }),
      {
        sourceId: 'match-fund',
        account: 'source:match-fund',
        limitMinor: 10n,
        drawnMinor: 10n,
        leftMinor: 0n,
        drawnByKind: [{ kind: 'match', amountMinor: 10n }],
      },
      expect.objectContaining({ sourceId: 'bank-line', drawnMinor: 5n }),
    ]);
  });

  test('a redemption that was decided is never decided again', async () => {
    const before = await reportOf('o');
    await expect(drawAndRecord(db.app, 'o', [asked])).rejects.toThrow(RetryTransactionError);
    expect(await reportOf('o')).toEqual(before);
  });

  test('outcomes that their funds do not count are not written', async () => {
    const draws = withTransaction(db.app, async (tx) => {
      const before = expectAnswer(await lockFunds(tx, 'o'));
      const { outcomes } = evaluateDraws(before, [request('o-4', 5n)]);
      const paid = toOutcome(request('o-4', 5n), outcomes[0] ?? []);
      await recordOutcomes(tx, { funds: before, outcomes: [paid], workflowId: 'w' });
    });
    await expect(draws).rejects.toThrow('do not belong together');
    expect(await readOutcomes(db.app, ['o-4'])).toEqual([]);
  });

  test('funds that another draw has overtaken are not written', async () => {
    const stale = expectAnswer(await withTransaction(db.app, (tx) => lockFunds(tx, 'o')));
    await drawAndRecord(db.app, 'o', [request('o-4', 5n)]);
    const late = withTransaction(db.app, async (tx) => {
      const { outcomes, funds } = evaluateDraws(stale, [request('o-5', 5n)]);
      const paid = toOutcome(request('o-5', 5n), outcomes[0] ?? []);
      await recordOutcomes(tx, { funds, outcomes: [paid], workflowId: 'w' });
    });
    await expect(late).rejects.toThrow('do not belong together');
    await drawAndRecord(db.app, 'o', [request('o-5', 0n)]);
  });

  const base = toOutcome(request('o-9', 5n), []);
  const line = { line: 1, sourceId: 'bank-line', kind: 'match', amountMinor: 5n };
  const reason = { kind: 'refusal', code: 'X', message: '', details: {} } as const;
  const refusedOne: Outcome = { ...base, status: 'refused', refusal: reason };
  test.each<readonly [string, string, readonly Outcome[]]>([
    ['paid without its lines', 'o', [base]],
    ['refused with lines', 'o', [{ ...base, status: 'refused', refusal: reason, lines: [line] }]],
    ['refused without a reason', 'o', [{ ...base, status: 'refused' }]],
    ['refused with a fee', 'o', [{ ...refusedOne, platformFeeMinor: 1n }]],
    ['paid less than its fee', 'o', [{ ...base, lines: [line], platformFeeMinor: 6n }]],
    ['charged less than nothing', 'o', [{ ...base, lines: [line], platformFeeMinor: -1n }]],
    ['named twice', 'o', [0, 1].map(() => ({ ...base, subsidyMinor: 0n }))],
    ['never taken in', 'o', [{ ...base, subsidyMinor: 0n }]],
    ['of another pool', 'o-other', [{ ...base, redemptionId: 'o-9x', subsidyMinor: 0n }]],
  ])('a redemption that is %s is a bug, and nothing is written', async (_title, pool, outcomes) => {
    await expect(record(pool, outcomes)).rejects.toThrow(/redemption/);
    expect(await readOutcomes(db.app, ['o-9', 'o-9x'])).toEqual([]);
  });

  test('no outcomes are no work', async () => {
    await record('o', []);
    await expectSound();
  });
});

test('a pool that does not exist has no funds', async () => {
  const funds = await withTransaction(db.app, (tx) => lockFunds(tx, 'nowhere'));
  expect(funds).toMatchObject({ code: 'POOL_UNKNOWN' });
});
