import { money } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { ledger, statuses } from '../testing/evaluating.ts';
import { account, hold, postHold, reversal, transfer, voidHold } from '../testing/samples.ts';
import { evaluateTransfers, nextState } from './evaluate-transfers.ts';
import type { Transfer } from './transfer.ts';

const three = [account('a'), account('b'), account('c')];

describe('a hold', () => {
  const limited10 = ledger([
    account('a', { floorMinor: -10n }),
    account('b', { ceilingMinor: 10n }),
  ]);
  const of = (minor: bigint) => ({ amount: money(minor, 'USD') });
  const accountsAfter = (transfers: readonly Transfer[]): readonly (readonly bigint[])[] => {
    const { accounts } = nextState(limited10, evaluateTransfers(limited10, transfers));
    return [...accounts.values()].map((one) => [
      one.balanceMinor,
      one.heldDebitMinor,
      one.heldCreditMinor,
    ]);
  };

  test('reserves on both sides and moves nothing', () => {
    expect(accountsAfter([hold('h', of(7n))])).toEqual([
      [0n, 7n, 0n],
      [0n, 0n, 7n],
    ]);
  });

  test('counts against the limits of everybody else', () => {
    const batch = [
      hold('h', of(7n)),
      transfer('x', of(4n)),
      hold('y', of(4n)),
      transfer('z', of(3n)),
    ];
    expect(statuses(limited10, batch)).toEqual([
      'created',
      'exceeds-floor',
      'exceeds-floor',
      'created',
    ]);
    const wide = ledger([account('a'), account('b', { ceilingMinor: 10n })], [hold('h', of(7n))]);
    expect(statuses(wide, [transfer('x', of(4n))])).toEqual(['exceeds-ceiling']);
  });

  test('posted in part moves that part and frees the rest', () => {
    expect(
      accountsAfter([hold('h', of(7n)), postHold('p', 'h', { amount: money(2n, 'USD') })]),
    ).toEqual([
      [-2n, 0n, 0n],
      [2n, 0n, 0n],
    ]);
  });

  test('voided moves nothing and frees all', () => {
    expect(accountsAfter([hold('h', of(7n)), voidHold('v', 'h')])).toEqual([
      [0n, 0n, 0n],
      [0n, 0n, 0n],
    ]);
  });

  test('answers with the amount that moved or was freed', () => {
    const batch = [hold('h', of(7n)), postHold('p', 'h'), hold('g', of(1n)), voidHold('v', 'g')];
    expect(evaluateTransfers(limited10, batch).results).toMatchObject([
      { amountMinor: 7n, debitBalanceMinor: 0n, creditBalanceMinor: 0n },
      { amountMinor: 7n, debitBalanceMinor: -7n, creditBalanceMinor: 7n },
      { amountMinor: 1n, debitBalanceMinor: -7n, creditBalanceMinor: 7n },
      { amountMinor: 1n, debitBalanceMinor: -7n, creditBalanceMinor: 7n },
    ]);
  });

  test('made and posted in a chain that fails is as if it had never been', () => {
    const chain = [
      hold('h', { ...of(7n), linked: true }),
      postHold('p', 'h', { linked: true }),
      transfer('x', { ...of(9n) }),
    ];
    expect(statuses(limited10, [...chain, postHold('q', 'h')])).toEqual([
      'linked-transfer-failed',
      'linked-transfer-failed',
      'exceeds-floor',
      'hold-not-found',
    ]);
  });
});

describe('a balancing transfer', () => {
  const tight = ledger([account('a', { floorMinor: -10n }), account('b', { ceilingMinor: 7n })]);
  const take = (balancing: 'debit' | 'credit' | 'both', minor: bigint): Transfer =>
    transfer(`${balancing}/${minor}`, { balancing, amount: money(minor, 'USD') });

  test.each([
    ['debit', 6n, 'created', 6n],
    ['debit', 11n, 'exceeds-ceiling', null],
    ['credit', 9n, 'created', 7n],
    ['credit', 11n, 'exceeds-floor', null],
    ['both', 11n, 'created', 7n],
  ] as const)('%s, asked for %i: %s', (balancing, minor, status, amountMinor) => {
    const [result] = evaluateTransfers(tight, [take(balancing, minor)]).results;
    expect(result).toMatchObject({ status, amountMinor });
  });

  test('with nothing to give is refused, and the next ones draw what is left elsewhere', () => {
    const state = ledger([
      account('first', { floorMinor: -3n }),
      account('second', { floorMinor: -100n }),
      account('b'),
    ]);
    const from = (key: string, debitAccount: string): Transfer =>
      transfer(key, { debitAccount, balancing: 'debit', amount: money(10n, 'USD') });
    const { results } = evaluateTransfers(state, [
      from('1', 'first'),
      from('2', 'first'),
      from('3', 'second'),
    ]);
    expect(results.map(({ status, amountMinor }) => [status, amountMinor])).toEqual([
      ['created', 3n],
      ['exceeds-floor', null],
      ['created', 10n],
    ]);
  });

  test('repeated answers with the first amount, whatever there is by then', () => {
    const once = evaluateTransfers(tight, [take('both', 11n)]);
    const back = transfer('back', { debitAccount: 'b', creditAccount: 'a' });
    const { results } = evaluateTransfers(nextState(tight, once), [back, take('both', 11n)]);
    expect(results[1]).toEqual({ ...once.results[0], status: 'exists' });
    const asked = { ...take('both', 7n), id: take('both', 11n).id };
    expect(statuses(nextState(tight, once), [asked])).toEqual(['exists-with-different-amount']);
  });
});

describe('a reversal', () => {
  const moved = ledger(three, [transfer('x'), hold('h'), postHold('p', 'h')]);
  const back = (key: string, original: string, minor?: bigint): Transfer =>
    reversal(key, original, minor === undefined ? {} : { amount: money(minor, 'USD') });

  test('moves back what a transfer or the posting of a hold moved', () => {
    const after = evaluateTransfers(moved, [back('1', 'x'), back('2', 'p')]);
    expect(after.results).toMatchObject([
      { status: 'created', amountMinor: 5n },
      { status: 'created', amountMinor: 5n },
    ]);
    expect(after.changedAccounts.map(({ balanceMinor }) => balanceMinor)).toEqual([0n, 0n]);
  });

  test('in parts never exceeds the original; without an amount it takes the rest', () => {
    const batch = [back('1', 'x', 2n), back('2', 'x', 4n), back('3', 'x'), back('4', 'x')];
    expect(evaluateTransfers(moved, batch).results).toMatchObject([
      { status: 'created', amountMinor: 2n },
      { status: 'exceeds-original' },
      { status: 'created', amountMinor: 3n },
      { status: 'original-already-reversed' },
    ]);
  });

  test('that a failing chain took back can be done again', () => {
    const chain = [back('1', 'x'), transfer('bad', { amount: money(0n, 'USD') })];
    const linked = chain.map((one, index) => ({ ...one, linked: index === 0 }));
    expect(statuses(moved, [...linked, back('2', 'x')])).toEqual([
      'linked-transfer-failed',
      'amount-not-positive',
      'created',
    ]);
  });

  test('needs the money to be there', () => {
    const spent = ledger(
      [account('a'), account('b', { floorMinor: 0n }), account('c')],
      [transfer('x'), transfer('on', { debitAccount: 'b', creditAccount: 'c' })],
    );
    expect(statuses(spent, [back('1', 'x')])).toEqual(['exceeds-floor']);
  });
});
