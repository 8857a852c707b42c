import { expectAnswer, isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBookingTriggers } from './parse-booking-triggers.ts';

const own = { institution: 'corner', rule: 'subsidy.coupon', periodMs: 2_000, maxEntries: 10 };

function faultsOf(json: unknown): readonly string[] {
  const refusal = parseBookingTriggers(json);
  if (!isRefusal(refusal)) return [];
  expect(refusal.code).toBe('BOOKING_TRIGGERS_INVALID');
  return refusal.details['faults'] as readonly string[];
}

test('a rule has its own triggers, or those by default', () => {
  const triggers = expectAnswer(
    parseBookingTriggers({ byDefault: { periodMs: 60_000, maxAccounts: 5 }, rules: [own] }),
  );
  expect(triggers.of('corner', 'subsidy.coupon')).toEqual({
    ...{ periodMs: 2_000, maxAccounts: null, maxEntries: 10 },
  });
  const byDefault = { periodMs: 60_000, maxAccounts: 5, maxEntries: null };
  expect(triggers.of('corner', 'subsidy.match')).toEqual(byDefault);
  expect(triggers.of('other', 'subsidy.coupon')).toEqual(byDefault);
});

test('without a default, a rule without triggers has none', () => {
  const triggers = expectAnswer(parseBookingTriggers({ rules: [own] }));
  expect(triggers.of('corner', 'subsidy.match')).toBeNull();
});

test.each([
  ['no period', { ...own, periodMs: undefined }, 'rules.0.periodMs: must be whole milliseconds'],
  ['a period below a second', { ...own, periodMs: 999 }, 'rules.0.periodMs: must be'],
  ['a period above a month', { ...own, periodMs: 2_592_000_001 }, 'rules.0.periodMs: must be'],
  ['a period of half milliseconds', { ...own, periodMs: 1_000.5 }, 'rules.0.periodMs: must be'],
  ['a threshold of 0', { ...own, maxEntries: 0 }, 'rules.0.maxEntries: must be a whole number'],
  ['a negative threshold', { ...own, maxAccounts: -1 }, 'rules.0.maxAccounts: must be'],
  ['a threshold as text', { ...own, maxAccounts: '5' }, 'rules.0.maxAccounts: must be'],
  ['an unknown field', { ...own, maxRows: 5 }, 'rules.0: '],
  ['no rule', { ...own, rule: '' }, 'rules.0.rule: must be a name'],
])('%s is a fault with its path', (_, rule, fault) => {
  const faults = faultsOf({ rules: [rule] });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(fault);
});

test('every fault is listed, a second set of triggers for one rule among them', () => {
  expect(faultsOf({ byDefault: { periodMs: 0 }, rules: [own, own] })).toEqual([
    expect.stringContaining('byDefault.periodMs: '),
    'rules.1: "subsidy.coupon" of "corner" has triggers already',
  ]);
});

test('whatever is no set of triggers is refused, never thrown', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      const answer = parseBookingTriggers(json);
      expect(isRefusal(answer) || typeof answer.of === 'function').toBe(true);
    }),
    { numRuns: 100 },
  );
});
