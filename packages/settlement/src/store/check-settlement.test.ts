import { withTransaction } from '@sluice/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSettlement } from '../index.ts';
import { balancesIn, postMoves } from '../testing/test-bank.ts';
import { openTestSettlement, type TestSettlement } from '../testing/test-settlement.ts';

let s: TestSettlement;

beforeAll(async () => {
  s = await openTestSettlement();
});
afterAll(() => s.db.drop());

const violations = async (): Promise<readonly string[]> => {
  const checks = await s.inTx((tx) => checkSettlement(tx, balancesIn(tx)));
  return checks.flatMap((check) => check.violations);
};

/** One redistribution, one task of one part before it and one after, and one sweep. */
async function settleSome(): Promise<void> {
  await s.openWith('moves', [100n, 300n, 100n]);
  await s.settle('moves', 'one', 10n);
  const { moves } = await s.beginOpen('moves');
  await s.inTx((tx) => postMoves(tx, 'moves', moves));
  await s.complete('moves');
  await s.settle('moves', 'two', 10n);
  await s.settle('moves', 'three', 400n);
}

describe('checkSettlement', () => {
  test('money lost on the way stops it', async () => {
    await s.openWith('lost', [30n, 300n, 100n]);
    const { moves } = await s.beginOpen('lost');
    await s.inTx((tx) => postMoves(tx, 'lost', moves));
    const stolen = (by: bigint): Promise<unknown> =>
      s.db.owner.query(`update public.balance set minor = minor + $1 where code = $2`, [
        by,
        'settlement/lost/2/0',
      ]);
    await stolen(-1n);
    await expect(s.complete('lost')).rejects.toThrow(/held 430 .* successor 429/);
    expect(await violations()).toEqual([
      'lost: generation 1 held 430 before its redistribution, 429 after',
    ]);
    await stolen(1n);
    expect(await s.complete('lost')).toMatchObject({ state: 'completed' });
  });

  test('finds nothing wrong, having looked at everything', async () => {
    await settleSome();
    const checks = await s.inTx((tx) => checkSettlement(tx, balancesIn(tx)));
    for (const check of checks) {
      expect(check).toMatchObject({ id: 'I9', violations: [] });
      expect(check.checked).toBeGreaterThan(0);
    }
  });

  test.each<[string, string, string]>([
    [
      'money on a retired generation',
      `update public.balance set minor = 1 where code = 'settlement/moves/1/0'`,
      'settlement/moves/1/0 is retired and holds 1',
    ],
    [
      'a task on another generation than its route says',
      `update settlement.route_part set account = 'settlement/moves/1/0' where task_key = 'two'`,
      'two: a sub-account of another generation or account',
    ],
    [
      'a sweep out of order',
      `update settlement.route_part set place = 9 where task_key = 'three' and place = 0`,
      'three: sub-accounts out of order',
    ],
    [
      'parts that do not add up',
      `update settlement.route_part set amount_minor = 9 where task_key = 'one'`,
      'one: parts add up to 9, not 10',
    ],
  ])('finds %s', async (_, damage, violation) => {
    const undone = new Error('undone');
    const work = withTransaction(s.db.owner, async (tx) => {
      await tx.query(damage);
      const checks = await checkSettlement(tx, balancesIn(tx));
      expect(checks.flatMap((check) => check.violations)).toEqual([violation]);
      throw undone;
    });
    await expect(work).rejects.toBe(undone);
  });
});
