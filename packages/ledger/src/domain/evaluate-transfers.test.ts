import { money } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { account, at, transfer } from '../testing/samples.ts';
import type { Account } from './account.ts';
import { evaluateTransfers, nextState, type LedgerState } from './evaluate-transfers.ts';
import { transferStatuses, type TransferStatus } from './transfer-status.ts';
import type { Transfer } from './transfer.ts';

function ledger(accounts: readonly Account[], posted: readonly Transfer[] = []): LedgerState {
  const empty: LedgerState = {
    accounts: new Map(
      accounts.map((opened) => [opened.code, { ...opened, balanceMinor: 0n, transferCount: 0n }]),
    ),
    transfers: new Map(),
  };
  return nextState(empty, evaluateTransfers(empty, posted));
}

function statuses(state: LedgerState, transfers: readonly Transfer[]): readonly TransferStatus[] {
  return evaluateTransfers(state, transfers).results.map(({ status }) => status);
}

const usd = ledger([account('a'), account('b'), account('c')]);
const posted = transfer('posted');
const afterPosted = ledger([account('a'), account('b'), account('c')], [posted]);
const limited = ledger([
  account('a', { floorMinor: -10n }),
  account('b', { ceilingMinor: 8n }),
  account('yuan', { currency: money(0n, 'CNY').currency }),
]);

interface Case {
  readonly expected: TransferStatus;
  readonly state?: LedgerState;
  readonly before?: readonly Transfer[];
  readonly changes?: Partial<Transfer>;
}

const cases: readonly Case[] = [
  { expected: 'created' },
  { expected: 'linked-chain-open', changes: { linked: true } },
  {
    expected: 'linked-transfer-failed',
    before: [transfer('bad', { amount: money(0n, 'USD'), linked: true })],
  },
  { expected: 'id-malformed', changes: { id: '' } },
  { expected: 'id-malformed', changes: { id: '0159F3A0-0000-8000-8000-000000000000' } },
  { expected: 'effective-at-malformed', changes: { effectiveAt: '2017-07-01' } },
  { expected: 'type-malformed', changes: { type: '' } },
  { expected: 'type-malformed', changes: { type: 'x'.repeat(201) } },
  { expected: 'reference-malformed', changes: { reference: '' } },
  { expected: 'reference-malformed', changes: { reference: 'RED\u0000' } },
  { expected: 'reference-malformed', changes: { reference: '\ud800' } },
  { expected: 'amount-not-positive', changes: { amount: money(0n, 'USD') } },
  { expected: 'amount-not-positive', changes: { amount: money(-1n, 'USD') } },
  { expected: 'amount-too-large', changes: { amount: money(2n ** 63n, 'USD') } },
  { expected: 'accounts-equal', changes: { creditAccount: 'a' } },
  {
    expected: 'exists-with-different-debit-account',
    state: afterPosted,
    changes: { ...posted, debitAccount: 'c' },
  },
  {
    expected: 'exists-with-different-credit-account',
    state: afterPosted,
    changes: { ...posted, creditAccount: 'c' },
  },
  {
    expected: 'exists-with-different-amount',
    state: afterPosted,
    changes: { ...posted, amount: money(6n, 'USD') },
  },
  {
    expected: 'exists-with-different-amount',
    state: afterPosted,
    changes: { ...posted, amount: money(5n, 'CNY') },
  },
  {
    expected: 'exists-with-different-type',
    state: afterPosted,
    changes: { ...posted, type: 'payout' },
  },
  {
    expected: 'exists-with-different-reference',
    state: afterPosted,
    changes: { ...posted, reference: 'RED-2' },
  },
  {
    expected: 'exists-with-different-effective-at',
    state: afterPosted,
    changes: { ...posted, effectiveAt: '2017-07-01T09:30:00.001Z' },
  },
  {
    expected: 'linked-chain-differs',
    state: afterPosted,
    before: [{ ...posted, linked: true }],
  },
  {
    expected: 'linked-chain-differs',
    state: afterPosted,
    before: [transfer('new', { linked: true })],
    changes: posted,
  },
  { expected: 'exists', state: afterPosted, changes: posted },
  {
    expected: 'exists',
    state: afterPosted,
    changes: { ...posted, effectiveAt: '2017-07-01T17:30:00+08:00' },
  },
  { expected: 'debit-account-not-found', changes: { debitAccount: 'nobody' } },
  { expected: 'credit-account-not-found', changes: { creditAccount: 'nobody' } },
  { expected: 'currency-differs', state: limited, changes: { creditAccount: 'yuan' } },
  { expected: 'currency-differs', state: limited, changes: { amount: money(5n, 'CNY') } },
  { expected: 'exceeds-floor', state: limited, changes: { amount: money(11n, 'USD') } },
  { expected: 'exceeds-ceiling', state: limited, changes: { amount: money(9n, 'USD') } },
];

describe('every status', () => {
  test.each(cases)('$expected', ({ expected, state = usd, before = [], changes = {} }) => {
    expect(statuses(state, [...before, transfer('one', changes)]).at(-1)).toBe(expected);
  });

  test('has a case here', () => {
    expect(new Set(cases.map(({ expected }) => expected))).toEqual(new Set(transferStatuses));
  });
});

describe('precedence', () => {
  // Everything is wrong at first; each step puts right what was named, and the next one shows.
  test('of what is wrong, the first in the order of statuses is named', () => {
    const failing = transfer('bad', { amount: money(0n, 'USD'), linked: true });
    const steps: readonly (readonly [TransferStatus, readonly Transfer[], Partial<Transfer>])[] = [
      ['linked-chain-open', [failing], {}],
      ['linked-transfer-failed', [failing], { linked: false }],
      ['id-malformed', [], {}],
      ['effective-at-malformed', [], { id: posted.id }],
      ['type-malformed', [], { effectiveAt: '2018-01-01T00:00:00Z' }],
      ['reference-malformed', [], { type: 'payout' }],
      ['amount-not-positive', [], { reference: 'RED-2' }],
      ['amount-too-large', [], { amount: money(2n ** 63n, 'USD') }],
      ['accounts-equal', [], { amount: money(6n, 'USD') }],
      ['exists-with-different-debit-account', [], { creditAccount: 'gone' }],
      ['exists-with-different-credit-account', [], { debitAccount: 'a' }],
      ['exists-with-different-amount', [], { creditAccount: 'b' }],
      ['exists-with-different-type', [], { amount: posted.amount }],
      ['exists-with-different-reference', [], { type: posted.type }],
      ['exists-with-different-effective-at', [], { reference: posted.reference }],
      ['linked-chain-differs', [transfer('new', { linked: true })], { effectiveAt: at }],
      ['exists', [], {}],
    ];
    const nobody = { debitAccount: 'nobody', creditAccount: 'nobody' };
    let wrong = transfer('one', {
      ...nobody,
      id: '',
      effectiveAt: '',
      type: '',
      reference: '',
      amount: money(0n, 'USD'),
      linked: true,
    });
    for (const [expected, before, repair] of steps) {
      wrong = { ...wrong, ...repair };
      expect(statuses(afterPosted, [...before, wrong]).at(-1)).toBe(expected);
    }
  });

  test('of a new transfer: chain, accounts, currency, floor, ceiling', () => {
    const state = ledger(
      [
        account('a', { floorMinor: -10n }),
        account('b', { ceilingMinor: 8n }),
        account('yuan', { currency: money(0n, 'CNY').currency }),
      ],
      [posted],
    );
    const steps: readonly (readonly [TransferStatus, readonly Transfer[], Partial<Transfer>])[] = [
      ['linked-chain-differs', [{ ...posted, linked: true }], {}],
      ['debit-account-not-found', [], {}],
      ['credit-account-not-found', [], { debitAccount: 'a' }],
      ['currency-differs', [], { creditAccount: 'yuan' }],
      ['exceeds-floor', [], { creditAccount: 'b' }],
      ['exceeds-ceiling', [], { amount: money(4n, 'USD') }],
      ['created', [], { amount: money(3n, 'USD') }],
    ];
    let wrong = transfer('one', {
      debitAccount: 'nobody',
      creditAccount: 'none',
      amount: money(90n, 'USD'),
    });
    for (const [expected, before, repair] of steps) {
      wrong = { ...wrong, ...repair };
      expect(statuses(state, [...before, wrong]).at(-1)).toBe(expected);
    }
  });
});

describe('a batch', () => {
  test('answers with the balances right after each transfer', () => {
    const { results, changedAccounts } = evaluateTransfers(usd, [
      transfer('one'),
      transfer('two', { debitAccount: 'b', creditAccount: 'c', amount: money(2n, 'USD') }),
    ]);
    expect(results).toEqual([
      { status: 'created', debitBalanceMinor: -5n, creditBalanceMinor: 5n },
      { status: 'created', debitBalanceMinor: 3n, creditBalanceMinor: 2n },
    ]);
    expect(changedAccounts.map(({ code, balanceMinor }) => [code, balanceMinor])).toEqual([
      ['a', -5n],
      ['b', 3n],
      ['c', 2n],
    ]);
  });

  test('answers a repeat with the balances of the first time, in one batch and later', () => {
    const once = evaluateTransfers(usd, [transfer('one'), transfer('two'), transfer('one')]);
    const first = { debitBalanceMinor: -5n, creditBalanceMinor: 5n };
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
  const link = (key: string, changes: Partial<Transfer> = {}): Transfer =>
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
    expect(accepted.map(({ transfer: { reference } }) => reference)).toEqual(['before', 'after']);
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
