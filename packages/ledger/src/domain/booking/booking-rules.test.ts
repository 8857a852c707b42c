import { expectAnswer, isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleRules } from '../../testing/example-rules.ts';
import { findBookingRule } from './find-booking-rule.ts';
import { parseBookingRules } from './parse-booking-rules.ts';

function faultsOf(json: unknown): readonly string[] {
  const refusal = parseBookingRules(json);
  if (!isRefusal(refusal)) return [];
  expect(refusal.code).toBe('BOOKING_RULES_INVALID');
  return refusal.details['faults'] as readonly string[];
}

describe('finding a rule', () => {
  const set = expectAnswer(parseBookingRules(exampleRules));

  test('goes by business type, then by institution, and tells set and version', () => {
    const rule = findBookingRule(set, { businessType: 'subsidy.coupon', institution: 'corner' });
    expect(rule).toEqual({
      ruleSetId: 'retail',
      ruleSetVersion: 3,
      businessType: 'subsidy.coupon',
      institution: 'corner',
      entries: [{ debit: 'funding/corner', credit: 'payable/{seller}', amount: 'drawn' }],
    });
  });

  test.each([
    ['subsidy.gift', 'completejourney', 'BUSINESS_TYPE_UNKNOWN'],
    ['subsidy.gift', 'nobody', 'BUSINESS_TYPE_UNKNOWN'],
    ['subsidy.coupon', 'nobody', 'INSTITUTION_UNKNOWN'],
    ['fee.handling', 'corner', 'INSTITUTION_UNKNOWN'],
    ['__proto__', 'completejourney', 'BUSINESS_TYPE_UNKNOWN'],
  ])('%s of %s is refused: %s', (businessType, institution, code) => {
    const refusal = findBookingRule(set, { businessType, institution });
    expect(refusal).toMatchObject({ kind: 'refusal', code, details: { businessType } });
  });
});

describe('reading rules', () => {
  const entry = { debit: 'funding/{source}', credit: 'payable/{seller}', amount: 'drawn' };
  const withEntry = (changes: object): unknown => ({
    id: 'retail',
    version: 1,
    subSets: [
      {
        businessType: 'subsidy.coupon',
        rules: [{ institution: 'corner', entries: [{ ...entry, ...changes }] }],
      },
    ],
  });

  test.each([
    ['an unknown field', { debt: 'a' }, 'subSets[0].rules[0].entries[0]: '],
    ['a brace that is not closed', { debit: 'funding/{source' }, 'entries[0].debit: '],
    ['an empty parameter', { debit: 'funding/{}' }, 'entries[0].debit: '],
    ['an empty segment', { credit: 'payable//x' }, 'entries[0].credit: '],
    ['no amount', { amount: undefined }, 'entries[0].amount: '],
    ['one account on both sides', { credit: 'funding/{source}' }, 'entries[0]: must not debit'],
  ])('%s is a fault with its path', (_, changes, fault) => {
    const faults = faultsOf(withEntry(changes));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test('every fault is listed, not just the first', () => {
    const [first, second] = [withEntry({ amount: '' }), withEntry({ debit: '', credit: 5 })];
    const subSets = [first, second].flatMap(
      (json) => (json as { subSets: readonly object[] }).subSets,
    );
    const faults = faultsOf({ id: '', version: 0, subSets });
    const paths = faults.map((fault) => fault.slice(0, fault.indexOf(':')));
    expect(paths).toEqual(
      expect.arrayContaining([
        'id',
        'version',
        'subSets[0].rules[0].entries[0].amount',
        'subSets[1].rules[0].entries[0].debit',
        'subSets[1].rules[0].entries[0].credit',
      ]),
    );
  });

  test('a second rule for the same type and institution is a fault', () => {
    const rule = { institution: 'corner', entries: [entry] };
    const subSet = { businessType: 'subsidy.coupon', rules: [rule, rule] };
    expect(faultsOf({ id: 'retail', version: 1, subSets: [subSet] })).toEqual([
      'subSets[0].rules[1].institution: "corner" has a rule for this business type already',
    ]);
  });

  test('a second sub rule set for the same type is a fault', () => {
    const subSet = {
      businessType: 'subsidy.coupon',
      rules: [{ institution: 'corner', entries: [entry] }],
    };
    expect(faultsOf({ id: 'retail', version: 1, subSets: [subSet, subSet] })).toEqual([
      'subSets[1].businessType: "subsidy.coupon" has a sub rule set already',
    ]);
  });

  test('whatever is not a rule set is refused, never thrown', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => isRefusal(parseBookingRules(json))));
    expect(faultsOf(undefined)).toHaveLength(1);
  });
});
