import { isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { nextStep } from './next-step.ts';
import {
  payoutEvents,
  payoutStates,
  publicStatus,
  statesOf,
  transition,
  type PayoutEvent,
  type PayoutState,
} from './payout-state.ts';

/** Every state x event, in the order of payoutEvents; `.` stays, `X` is a conflict. */
const table: Readonly<Record<PayoutState, readonly string[]>> = {
  created: ['reserved', 'awaiting-funds', '.', 'X', 'X', 'X', 'X', 'X', 'X', 'X', 'X'],
  'awaiting-funds': ['reserved', '.', 'X', 'X', 'X', 'X', 'X', 'X', 'X', 'X', 'X'],
  reserved: [
    ...['.', 'X', 'X', 'submitting'],
    ...['submitted', 'settled', 'final', 'returned', 'rejected', '.', 'unknown'],
  ],
  submitting: [
    ...['.', 'X', 'X', 'X'],
    ...['submitted', 'settled', 'final', 'returned', 'rejected', 'reserved', 'unknown'],
  ],
  unknown: [
    ...['.', 'X', 'X', 'X'],
    ...['submitted', 'settled', 'final', 'returned', 'rejected', 'reserved', '.'],
  ],
  submitted: [
    ...['.', 'X', 'X', 'X'],
    ...['.', 'settled', 'final', 'returned', 'rejected', 'X', '.'],
  ],
  settled: ['.', 'X', 'X', 'X', '.', '.', 'final', 'returned', 'X', 'X', '.'],
  final: ['.', 'X', 'X', 'X', '.', '.', '.', 'returned', 'X', 'X', '.'],
  returned: ['X', 'X', 'X', 'X', '.', '.', '.', '.', 'X', 'X', '.'],
  rejected: ['X', 'X', 'created', 'X', '.', 'X', 'X', 'X', '.', '.', '.'],
};

const cases = payoutStates.flatMap((state) =>
  payoutEvents.map((event, column): [PayoutState, PayoutEvent, string] => {
    const cell = table[state][column] ?? '';
    return [state, event, cell === '.' ? state : cell];
  }),
);

describe('transition', () => {
  test.each(cases)('%s + %s = %s', (state, event, expected) => {
    const next = transition(state, event);
    if (expected !== 'X') expect(next).toBe(expected);
    else expect(next).toMatchObject({ code: 'PAYOUT_STATE_CONFLICT', details: { state, event } });
  });

  test('an event that happens twice in a row changes nothing the second time or is refused', () => {
    for (const [state, event] of cases) {
      const once = transition(state, event);
      const twice = isRefusal(once) ? once : transition(once, event);
      if (!isRefusal(twice)) expect(twice).toBe(once);
    }
  });

  test('only reserved is ever submitted, and only not-found leads back to it', () => {
    const submittable = cases.filter(([, event, next]) => event === 'submit' && next !== 'X');
    expect(submittable.map(([state]) => state)).toEqual(['reserved']);
    const back = cases.filter(([state, , next]) => next === 'reserved' && state !== 'reserved');
    expect(new Set(back.map(([, event]) => event))).toEqual(new Set(['reserve', 'not-found']));
  });

  test('paid can still be returned', () => {
    expect(publicStatus('settled')).toBe('paid');
    expect(transition('settled', 'returned')).toBe('returned');
    expect(transition('final', 'returned')).toBe('returned');
  });
});

test('every state has one public status, and doubt is never shown', () => {
  const statuses = ['pending', 'paid', 'returned', 'failed'] as const;
  expect(statuses.flatMap(statesOf).sort()).toEqual([...payoutStates].sort());
  expect(publicStatus('unknown')).toBe('pending');
});

test.each([
  ['created', 'reserve'],
  ['awaiting-funds', 'await-funds'],
  ['reserved', 'submit'],
  ['submitting', 'query'],
  ['unknown', 'query'],
  ['submitted', 'wait'],
  ['settled', 'wait'],
  ['final', 'done'],
  ['returned', 'done'],
  ['rejected', 'done'],
] as const)('the next step of a payout that is %s is %s', (state, step) => {
  expect(nextStep({ state })).toBe(step);
});
