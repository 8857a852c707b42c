import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RoutedTask } from '../index.ts';
import { payIn } from '../testing/test-bank.ts';
import { codeOf, openTestSettlement, type TestSettlement } from '../testing/test-settlement.ts';

let s: TestSettlement;

beforeAll(async () => {
  s = await openTestSettlement();
});
afterAll(() => s.db.drop());

describe('routeTask', () => {
  test('sends task j to sub-account j mod N and records it', async () => {
    await s.openWith('modulo', [300n, 300n, 300n]);
    for (let task = 0; task < 4; task += 1) {
      expect(await s.settle('modulo', `m-${task}`, 10n)).toEqual({
        kind: 'routed',
        generation: 1,
        epoch: 1,
        sequence: BigInt(task),
        parts: [{ account: `settlement/modulo/1/${task % 3}`, amountMinor: 10n }],
      });
    }
    expect((await s.read('modulo')).subAccounts.map(({ tasks }) => tasks)).toEqual([2, 1, 1]);
  });

  test('skips one below the threshold when the share of the others is enough', async () => {
    await s.openWith('skip', [99n, 300n, 300n], { presetShareBps: 6_000 });
    const routed = await s.settle('skip', 's-0', 10n);
    expect(routed).toMatchObject({ parts: [{ account: 'settlement/skip/1/1' }] });
  });

  test('a settled task gets the same route for ever, even while redistributing', async () => {
    await s.openWith('again', [100n, 300n, 300n]);
    const first = await s.settle('again', 'a-0', 10n);
    expect(first.kind).toBe('routed');
    await s.begin('again');
    expect(await s.settle('again', 'a-0', 10n)).toEqual(first);
    expect(codeOf(await s.settle('again', 'a-0', 11n))).toBe('TASK_REUSED');
  });

  test('sweeps siblings for a draw larger than any of them', async () => {
    await s.openWith('sweep', [150n, 150n, 150n]);
    await s.settle('sweep', 'w-0', 10n);
    expect(await s.settle('sweep', 'w-1', 400n)).toMatchObject({
      parts: [
        { account: 'settlement/sweep/1/1', amountMinor: 150n },
        { account: 'settlement/sweep/1/2', amountMinor: 150n },
        { account: 'settlement/sweep/1/0', amountMinor: 100n },
      ],
    });
  });

  test('asks for a redistribution first, and has tasks wait while it runs', async () => {
    await s.openWith('weak', [99n, 300n, 300n]);
    expect(await s.settle('weak', 'k-0', 10n)).toEqual({ kind: 'redistribute', generation: 1 });
    await s.begin('weak');
    expect(await s.settle('weak', 'k-0', 10n)).toEqual({ kind: 'wait', waitMs: 5 });
    expect(await s.deposit('weak', 10n)).toEqual({ kind: 'wait', waitMs: 5 });
  });

  test('refuses what it cannot route', async () => {
    await s.openWith('refuses', [300n]);
    await s.number('refuses', 'r-0');
    expect(codeOf(await s.route('refuses', 'r-unnumbered', 1n))).toBe('TASK_UNKNOWN');
    expect(codeOf(await s.route('refuses', 'm-0', 1n))).toBe('TASK_UNKNOWN');
    expect(codeOf(await s.route('nobody', 'r-0', 1n))).toBe('MAIN_ACCOUNT_UNKNOWN');
    expect(codeOf(await s.route('refuses', 'r-0', 0n))).toBe('AMOUNT_NOT_POSITIVE');
    expect(await s.route('refuses', 'r-0', 301n)).toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
      message: expect.stringContaining('less than the 3.01 CNY asked for'),
      details: { total: '3.00', threshold: '1.00', amount: '3.01', currency: 'CNY' },
    });
  });
});

describe('the state insufficient', () => {
  test('is noted when the total is below the threshold; drain still pays the rest', async () => {
    await s.openWith('drain', [60n, 39n]);
    const last = await s.settle('drain', 'd-0', 90n);
    expect((last as RoutedTask).parts).toHaveLength(2);
    expect((await s.read('drain')).state).toBe('insufficient');
    expect(codeOf(await s.settle('drain', 'd-1', 10n))).toBe('INSUFFICIENT_BALANCE');
  });

  test('refuses every task below the threshold when the rule says so (claim 4)', async () => {
    await s.openWith('letter', [60n, 39n], { whenInsufficient: 'refuse' });
    expect(await s.settle('letter', 'l-0', 1n)).toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
      message: expect.stringContaining('below its threshold of 1.00 CNY'),
    });
    expect((await s.read('letter')).state).toBe('insufficient');
  });

  test('ends with the deposit that lifts the total to the threshold', async () => {
    await s.openWith('returned', [60n, 20n], { whenInsufficient: 'refuse' });
    await s.settle('returned', 't-0', 1n);
    await s.deposit('returned', 19n);
    expect((await s.read('returned')).state).toBe('insufficient');
    const lifted = await s.deposit('returned', 1n);
    expect(lifted).toMatchObject({
      kind: 'routed',
      generation: 1,
      parts: [{ account: 'settlement/returned/1/1', amountMinor: 1n }],
    });
    expect((await s.read('returned')).state).toBe('normal');
    expect(await s.settle('returned', 't-0', 1n)).toEqual({ kind: 'redistribute', generation: 1 });
  });

  test('ends with the next task when money came in another way', async () => {
    await s.openWith('another-way', [60n]);
    await s.settle('another-way', 'o-0', 10n);
    expect((await s.read('another-way')).state).toBe('insufficient');
    const parts = [{ account: 'settlement/another-way/1/0', amountMinor: 500n }];
    await s.inTx((tx) => payIn(tx, 'another way', parts));
    await s.settle('another-way', 'o-1', 10n);
    expect((await s.read('another-way')).state).toBe('normal');
  });

  test('a first funding is spread evenly', async () => {
    await s.open('funding');
    expect(await s.deposit('funding', 301n)).toMatchObject({
      parts: [{ amountMinor: 101n }, { amountMinor: 100n }, { amountMinor: 100n }],
    });
    expect(codeOf(await s.deposit('funding', 0n))).toBe('AMOUNT_NOT_POSITIVE');
    expect(codeOf(await s.deposit('nobody', 1n))).toBe('MAIN_ACCOUNT_UNKNOWN');
  });
});
