import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginRedistribution } from '../index.ts';
import { balancesIn, postMoves } from '../testing/test-bank.ts';
import { codeOf, openTestSettlement, type TestSettlement } from '../testing/test-settlement.ts';

let s: TestSettlement;

beforeAll(async () => {
  s = await openTestSettlement();
});
afterAll(() => s.db.drop());

describe('redistribution', () => {
  test('moves all to fewer sub-accounts, then tasks go there (claims 1 and 5)', async () => {
    await s.openWith('moves', [30n, 300n, 100n]);
    const begun = await s.beginOpen('moves');
    expect(begun).toEqual({
      state: 'begun',
      epoch: 2,
      from: [
        { code: 'settlement/moves/1/0', balanceMinor: 30n },
        { code: 'settlement/moves/1/1', balanceMinor: 300n },
        { code: 'settlement/moves/1/2', balanceMinor: 100n },
      ],
      to: ['settlement/moves/2/0', 'settlement/moves/2/1'],
      moves: [
        { from: 'settlement/moves/1/0', to: 'settlement/moves/2/0', amountMinor: 30n },
        { from: 'settlement/moves/1/1', to: 'settlement/moves/2/0', amountMinor: 185n },
        { from: 'settlement/moves/1/1', to: 'settlement/moves/2/1', amountMinor: 115n },
        { from: 'settlement/moves/1/2', to: 'settlement/moves/2/1', amountMinor: 100n },
      ],
    });
    expect(await s.read('moves')).toMatchObject({
      state: 'redistributing',
      generation: 1,
      epoch: 2,
    });
    await s.inTx((tx) => postMoves(tx, 'moves', begun.moves));
    expect(await s.complete('moves')).toEqual({
      state: 'completed',
      generation: 2,
      epoch: 2,
      mainAccountState: 'normal',
    });
    expect(await s.settle('moves', 'mv-0', 10n)).toMatchObject({
      generation: 2,
      epoch: 2,
      parts: [{ account: 'settlement/moves/2/0' }],
    });
    expect((await s.read('moves')).redistributions).toEqual([
      {
        fromGeneration: 1,
        fromSize: 3,
        toSize: 2,
        totalBeforeMinor: 430n,
        totalAfterMinor: 430n,
        begunAt: expect.any(Date),
        completedAt: expect.any(Date),
      },
    ]);
  });

  test('a retry picks it up wherever it was cut off, and once done changes nothing', async () => {
    await s.openWith('cut', [30n, 300n, 100n]);
    const begun = await s.beginOpen('cut');
    const afterBegin = await s.beginOpen('cut');
    expect(afterBegin).toEqual({ ...begun, state: 'already' });
    await expect(s.complete('cut')).rejects.toThrow(/now it holds 430 and its successor 0/);
    await s.inTx((tx) => postMoves(tx, 'cut', afterBegin.moves));
    expect(await s.beginOpen('cut')).toMatchObject({ state: 'already', moves: [] });
    expect(await s.complete('cut')).toMatchObject({ state: 'completed' });
    expect(await s.complete('cut')).toMatchObject({ state: 'already', generation: 2 });
    expect(await s.begin('cut')).toEqual({ state: 'done', generation: 2, epoch: 2 });
    expect((await s.read('cut')).redistributions).toHaveLength(1);
  });

  test('a crash inside a step leaves nothing of it', async () => {
    await s.openWith('crash', [30n, 300n, 100n]);
    const crashed = s.inTx(async (tx) => {
      const balances = balancesIn(tx);
      await beginRedistribution(tx, { mainAccountId: 'crash', generation: 1, balances });
      throw new Error('killed');
    });
    await expect(crashed).rejects.toThrow('killed');
    expect(await s.read('crash')).toMatchObject({ state: 'normal', epoch: 1, redistributions: [] });
    expect(await s.beginOpen('crash')).toMatchObject({ state: 'begun' });
  });

  test('of several that begin at once one begins, the others find it begun', async () => {
    await s.openWith('several', [30n, 300n, 100n]);
    const answers = await Promise.all(Array.from({ length: 5 }, () => s.beginOpen('several')));
    expect(answers.map(({ state }) => state).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'already'),
      'begun',
    ]);
    for (const { moves } of answers) expect(moves).toEqual(answers[0]!.moves);
  });

  test('is not begun without need', async () => {
    await s.openWith('healthy', [100n, 100n]);
    await s.openWith('poor', [40n, 40n]);
    expect(await s.begin('healthy')).toEqual({ state: 'not-needed', generation: 1, epoch: 1 });
    expect(await s.begin('poor')).toMatchObject({ state: 'not-needed' });
    expect(codeOf(await s.complete('healthy'))).toBe('REDISTRIBUTION_NOT_BEGUN');
    expect(codeOf(await s.begin('healthy', 2))).toBe('GENERATION_UNKNOWN');
    expect(codeOf(await s.complete('healthy', 2))).toBe('GENERATION_UNKNOWN');
    expect(codeOf(await s.begin('nobody'))).toBe('MAIN_ACCOUNT_UNKNOWN');
    expect(codeOf(await s.complete('nobody'))).toBe('MAIN_ACCOUNT_UNKNOWN');
  });
});
