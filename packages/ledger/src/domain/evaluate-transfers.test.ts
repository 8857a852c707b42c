import { money } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { ledger, ledgerWith, statuses, type Changes } from '../testing/evaluating.ts';
import { account, transfer } from '../testing/samples.ts';
import { evaluateTransfers, nextState } from './evaluate-transfers.ts';
import type { Transfer } from './transfer.ts';

const usd = ledger([account('a'), account('b'), account('c')]);

describe('a batch', () => {
  test('answers with the balances right after each transfer', () => {
    const { results, changedAccounts } = evaluateTransfers(usd, [
      transfer('one'),
      transfer('two', { debitAccount: 'b', creditAccount: 'c', amount: money(2n, 'USD') }),
    ]);
    expect(results).toEqual([
      { status: 'created', amountMinor: 5n, debitBalanceMinor: -5n, creditBalanceMinor: 5n },
      { status: 'created', amountMinor: 2n, debitBalanceMinor: 3n, creditBalanceMinor: 2n },
    ]);
    expect(changedAccounts.map(({ code, balanceMinor }) => [code, balanceMinor])).toEqual([
      ['a', -5n],
      ['b', 3n],
      ['c', 2n],
    ]);
  });

  test('answers a repeat with the balances of the first time, in one batch and later', () => {
    const once = evaluateTransfers(usd, [transfer('one'), transfer('two'), transfer('one')]);
    const first = { amountMinor: 5n, debitBalanceMinor: -5n, creditBalanceMinor: 5n };
    expect(once.results[2]).toEqual({ status: 'exists', ...first });
    expect(once.accepted).toHaveLength(2);
    const later = evaluateTransfers(nextState(usd, once), [transfer('one')]);
    expect(later.results).toEqual([{ status: 'exists', ...first }]);
    expect(later.changedAccounts).toEqual([]);
  });

  test('sees in each transfer what the ones before it left', () => {
    const filling = transfer('fill', { debitAccount: 'b', creditAccount: 'a' });
    const state = ledger([account('a', { floorMinor: 0n }), account('b')]);
    expect(statuses(state, [transfer('early'), filling, transfer('late')])).toEqual([
      'exceeds-floor',
      'created',
      'created',
    ]);
  });

  test('gives a kept refusal again, in the batch and later, and no other', () => {
    const state = ledger([account('a', { floorMinor: 0n }), account('b')]);
    const fill = transfer('fill', { debitAccount: 'b', creditAccount: 'a' });
    const chain = [transfer('ok', { linked: true }), transfer('no', { creditAccount: 'none' })];
    const first = evaluateTransfers(state, [transfer('one'), fill, transfer('one'), ...chain]);
    expect(first.results.map(({ status }) => status)).toEqual([
      'exceeds-floor',
      'created',
      'exceeds-floor',
      'linked-transfer-failed',
      'credit-account-not-found',
    ]);
    expect([...first.refusals.keys()]).toEqual([transfer('one').id, transfer('no').id]);
    const opened = ledgerWith(nextState(state, first), account('none'));
    expect(statuses(opened, [transfer('one'), ...chain, transfer('two')])).toEqual([
      'exceeds-floor',
      'linked-transfer-failed',
      'credit-account-not-found',
      'created',
    ]);
  });

  test('does not change the state it was given', () => {
    const before = structuredClone(usd);
    evaluateTransfers(usd, [transfer('one')]);
    expect(usd).toEqual(before);
  });

  test('holds a balance within what a bigint column holds', () => {
    const huge = { amount: money(2n ** 63n - 1n, 'USD') };
    expect(statuses(usd, [transfer('one', huge), transfer('two')])).toEqual([
      'created',
      'exceeds-floor',
    ]);
  });
});

describe('a chain', () => {
  const link = (key: string, changes: Changes = {}): Transfer =>
    transfer(key, { linked: true, ...changes });

  test('is posted whole', () => {
    expect(statuses(usd, [link('1'), link('2'), transfer('3')])).toEqual([
      'created',
      'created',
      'created',
    ]);
  });

  test('that fails leaves nothing behind, and its neighbours are not touched', () => {
    const { results, accepted, changedAccounts } = evaluateTransfers(usd, [
      transfer('before'),
      link('1'),
      link('2', { creditAccount: 'nobody' }),
      transfer('3'),
      transfer('after'),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'created',
      'linked-transfer-failed',
      'credit-account-not-found',
      'linked-transfer-failed',
      'created',
    ]);
    expect(results[1]).toMatchObject({ debitBalanceMinor: null, creditBalanceMinor: null });
    expect(accepted.map(({ reference }) => reference)).toEqual(['before', 'after']);
    expect(changedAccounts.map(({ balanceMinor }) => balanceMinor)).toEqual([-10n, 10n]);
  });

  test('that failed can be posted later under the same ids', () => {
    const batch = [link('1'), transfer('2', { amount: money(0n, 'USD') }), transfer('1')];
    expect(statuses(usd, batch)).toEqual([
      'linked-transfer-failed',
      'amount-not-positive',
      'created',
    ]);
  });

  test('answers as the first time when all of it is repeated', () => {
    const chain = [link('1'), transfer('2')];
    expect(statuses(usd, [...chain, ...chain])).toEqual(['created', 'created', 'exists', 'exists']);
  });

  test('with one more transfer than the first time is refused', () => {
    const state = ledger([account('a'), account('b')], [link('1'), transfer('2')]);
    expect(statuses(state, [link('1'), link('2'), transfer('3')])).toEqual([
      'exists',
      'exists',
      'linked-chain-differs',
    ]);
  });

  test('that holds one id twice is refused', () => {
    expect(statuses(usd, [link('1'), transfer('1')])).toEqual([
      'linked-transfer-failed',
      'linked-chain-differs',
    ]);
  });

  test('without an end is refused whole', () => {
    expect(statuses(usd, [transfer('0'), link('1'), link('2')])).toEqual([
      'created',
      'linked-transfer-failed',
      'linked-chain-open',
    ]);
  });
});
