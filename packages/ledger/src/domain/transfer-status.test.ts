import { money } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import {
  closed,
  later,
  ledger,
  ledgerWith,
  statuses,
  type Changes,
} from '../testing/evaluating.ts';
import { account, at, hold, postHold, reversal, transfer, voidHold } from '../testing/samples.ts';
import type { LedgerState } from './ledger-state.ts';
import { isKept, transferStatuses, type TransferStatus } from './transfer-status.ts';
import type { Transfer } from './transfer.ts';

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
  readonly changes?: Changes;
  /** Instead of a changed direct transfer. */
  readonly request?: Transfer;
}

const three = [account('a'), account('b'), account('c')];
const held = ledger(three, [hold('held')]);
const usd5 = money(5n, 'USD');

/** A ledger in which a request was refused before, for a reason that is gone now. */
function refusedBefore(): LedgerState {
  const before = ledger([account('a', { floorMinor: -4n }), account('b')], [transfer('one')]);
  return ledgerWith(before, account('a'));
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
  { expected: 'hold-id-malformed', request: postHold('one', 'held', { holdId: 'held' }) },
  { expected: 'hold-id-malformed', request: voidHold('one', 'held', { holdId: '' }) },
  { expected: 'original-id-malformed', request: reversal('one', 'x', { originalId: 'x' }) },
  {
    expected: 'amount-not-positive',
    request: postHold('one', 'held', { amount: money(0n, 'USD') }),
  },
  {
    expected: 'amount-not-positive',
    request: reversal('one', 'x', { amount: money(-1n, 'USD') }),
  },
  { expected: 'timeout-malformed', request: hold('one', { timeoutMs: 0 }) },
  { expected: 'timeout-malformed', request: hold('one', { timeoutMs: 1.5 }) },
  { expected: 'timeout-malformed', request: hold('one', { timeoutMs: 400_000_000_000 }) },
  { expected: 'accounts-equal', changes: { creditAccount: 'a' } },
  {
    expected: 'exists-with-different-kind',
    state: afterPosted,
    request: hold('posted'),
  },
  {
    expected: 'exists-with-different-hold',
    state: ledger(three, [hold('held'), hold('other'), voidHold('void', 'held')]),
    request: voidHold('void', 'other'),
  },
  {
    expected: 'exists-with-different-original',
    state: ledger(three, [transfer('x'), transfer('y'), reversal('back', 'x')]),
    request: reversal('back', 'y'),
  },
  {
    expected: 'exists-with-different-amount',
    state: ledger(three, [hold('held'), postHold('post', 'held')]),
    request: postHold('post', 'held', { amount: usd5 }),
  },
  {
    expected: 'exists-with-different-amount',
    state: ledger(three, [transfer('x'), reversal('back', 'x', { amount: usd5 })]),
    request: reversal('back', 'x'),
  },
  {
    expected: 'exists-with-different-balancing',
    state: afterPosted,
    changes: { ...posted, balancing: 'debit' },
  },
  {
    expected: 'exists-with-different-timeout',
    state: held,
    request: hold('held', { timeoutMs: 1_000 }),
  },
  {
    expected: 'refused-with-different-body',
    state: refusedBefore(),
    changes: { amount: money(1n, 'USD') },
  },
  { expected: 'exceeds-floor', state: refusedBefore() },
  { expected: 'created', state: refusedBefore(), changes: transfer('another id') },
  { expected: 'hold-not-found', request: postHold('one', 'nothing') },
  { expected: 'not-a-hold', state: afterPosted, request: voidHold('one', 'posted') },
  {
    expected: 'hold-already-posted',
    state: ledger(three, [hold('held'), postHold('p', 'held', { amount: money(1n, 'USD') })]),
    request: postHold('one', 'held'),
  },
  {
    expected: 'hold-already-voided',
    state: ledger(three, [hold('held'), voidHold('v', 'held')]),
    request: postHold('one', 'held'),
  },
  {
    expected: 'hold-expired',
    state: later(ledger(three, [hold('held', { timeoutMs: 1_000 })]), 1_000),
    request: postHold('one', 'held'),
  },
  {
    expected: 'created',
    state: later(ledger(three, [hold('held', { timeoutMs: 1_000 })]), 999),
    request: postHold('one', 'held'),
  },
  {
    expected: 'exceeds-hold',
    state: held,
    request: postHold('one', 'held', { amount: money(6n, 'USD') }),
  },
  { expected: 'created', state: held, request: postHold('one', 'held', { amount: usd5 }) },
  { expected: 'original-not-found', request: reversal('one', 'nothing') },
  { expected: 'original-not-reversible', state: held, request: reversal('one', 'held') },
  {
    expected: 'original-not-reversible',
    state: ledger(three, [transfer('x'), reversal('back', 'x')]),
    request: reversal('one', 'back'),
  },
  {
    expected: 'original-already-reversed',
    state: ledger(three, [transfer('x'), reversal('back', 'x')]),
    request: reversal('one', 'x', { amount: money(1n, 'USD') }),
  },
  {
    expected: 'exceeds-original',
    state: ledger(three, [transfer('x'), reversal('back', 'x', { amount: money(3n, 'USD') })]),
    request: reversal('one', 'x', { amount: money(3n, 'USD') }),
  },
  {
    expected: 'currency-differs',
    state: held,
    request: postHold('one', 'held', { amount: money(9n, 'CNY') }),
  },
  { expected: 'debit-account-closed', state: closed(usd, 'a') },
  { expected: 'credit-account-closed', state: closed(usd, 'b') },
  { expected: 'debit-account-closed', state: closed(held, 'a'), request: postHold('one', 'held') },
  { expected: 'created', state: closed(held, 'a'), request: voidHold('one', 'held') },
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
  test.each(cases)('$expected', ({ expected, state = usd, before = [], changes, request }) => {
    const one = request ?? transfer('one', changes);
    expect(statuses(state, [...before, one]).at(-1)).toBe(expected);
  });

  test('has a case here', () => {
    expect(new Set(cases.map(({ expected }) => expected))).toEqual(new Set(transferStatuses));
  });
});

describe('precedence', () => {
  // Everything is wrong at first; each step puts right what was named, and the next one shows.
  test('of what is wrong, the first in the order of statuses is named', () => {
    const failing = transfer('bad', { amount: money(0n, 'USD'), linked: true });
    const steps: readonly (readonly [TransferStatus, readonly Transfer[], Changes])[] = [
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

  test('of a resolution: hold, its state, its amount, then accounts', () => {
    const base = ledger([account('a'), account('b')], [hold('held', { timeoutMs: 10 })]);
    const none = postHold('one', 'none', { amount: money(9n, 'USD') });
    const over = { ...none, holdId: hold('held').id };
    expect(statuses(closed(later(base, 10), 'a'), [none])).toEqual(['hold-not-found']);
    expect(statuses(closed(later(base, 10), 'a'), [over])).toEqual(['hold-expired']);
    expect(statuses(closed(base, 'a'), [over])).toEqual(['exceeds-hold']);
    const yuan = { ...over, amount: money(9n, 'CNY') };
    expect(statuses(closed(base, 'a'), [yuan])).toEqual(['currency-differs']);
    const fits = { ...over, amount: usd5 };
    expect(statuses(closed(closed(base, 'a'), 'b'), [fits])).toEqual(['debit-account-closed']);
    expect(statuses(closed(base, 'b'), [fits])).toEqual(['credit-account-closed']);
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
    const steps: readonly (readonly [TransferStatus, readonly Transfer[], Changes])[] = [
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

test('keeps exactly the refusals whose reason may go away', () => {
  expect(transferStatuses.filter(isKept)).toEqual([
    'hold-not-found',
    'original-not-found',
    'debit-account-not-found',
    'credit-account-not-found',
    'debit-account-closed',
    'credit-account-closed',
    'exceeds-floor',
    'exceeds-ceiling',
  ]);
});
