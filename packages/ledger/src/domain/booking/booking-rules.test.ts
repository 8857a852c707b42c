import { expectAnswer, isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulesJson, someParameters } from '../../testing/arbitrary-rules.ts';
import { exampleRules } from '../../testing/example-rules.ts';
import type { BookingRuleSet } from './booking-rule.ts';
import { findBookingRule } from './find-booking-rule.ts';
import { formatBookingRules, type BookingRulesJson } from './format-booking-rules.ts';
import { parseBookingRules } from './parse-booking-rules.ts';

function faultsOf(json: unknown): readonly string[] {
  const refusal = parseBookingRules(json);
  if (!isRefusal(refusal)) return [];
  expect(refusal.code).toBe('BOOKING_RULES_INVALID');
  return refusal.details['faults'] as readonly string[];
}

const entry = { debit: 'funding/{source}', credit: 'payable/{seller}', amount: 'drawn' };

function setOf(...rules: readonly object[]): unknown {
  return {
    id: 'retail',
    version: 1,
    effectiveFrom: '2017-01-01',
    subSets: [{ businessType: 'subsidy.coupon', rules }],
  };
}

function ruleFor(when: object, institution = 'corner'): object {
  return { institution, when, entries: [entry] };
}

function pathFound(set: BookingRuleSet, parameters: Readonly<Record<string, string>>): string {
  const found = findBookingRule(set, {
    ...{ businessType: 'subsidy.coupon', institution: 'corner' },
    parameters,
  });
  return isRefusal(found) ? found.code : found.path;
}

describe('finding a rule', () => {
  const set = expectAnswer(parseBookingRules(exampleRules));

  test('goes by business type, then by configuration, and tells set, version and place', () => {
    const rule = findBookingRule(set, { businessType: 'subsidy.coupon', institution: 'corner' });
    expect(rule).toEqual({
      ruleSetId: 'retail',
      ruleSetVersion: 3,
      businessType: 'subsidy.coupon',
      institution: 'corner',
      demands: [],
      path: 'subSets[0].rules[1]',
      entries: [{ debit: 'funding/corner', credit: 'payable/{seller}', amount: 'drawn' }],
    });
  });

  test.each([
    ['subsidy.gift', 'completejourney', 'BUSINESS_TYPE_UNKNOWN', 'subsidy.coupon, fee.handling'],
    ['subsidy.gift', 'nobody', 'BUSINESS_TYPE_UNKNOWN', 'subsidy.coupon, fee.handling'],
    ['subsidy.coupon', 'nobody', 'INSTITUTION_UNKNOWN', 'completejourney, corner'],
    ['fee.handling', 'corner', 'INSTITUTION_UNKNOWN', 'completejourney'],
    ['__proto__', 'completejourney', 'BUSINESS_TYPE_UNKNOWN', 'subsidy.coupon, fee.handling'],
    ['subsidy.coupon', '__proto__', 'INSTITUTION_UNKNOWN', 'completejourney, corner'],
  ])('%s of %s is refused: %s, known are %s', (businessType, institution, code, known) => {
    const refusal = findBookingRule(set, { businessType, institution });
    const details = { businessType, institution, known: known.split(', ') };
    expect(refusal).toMatchObject({ kind: 'refusal', code, details });
  });

  const channels = expectAnswer(
    parseBookingRules(
      setOf(
        ruleFor({}),
        ruleFor({ channel: 'app' }),
        ruleFor({ channel: 'app', region: 'east' }),
        ruleFor({ region: 'west', channel: 'web', currency: 'USD' }),
      ),
    ),
  );

  test.each([
    [{}, 0],
    [{ channel: 'pos' }, 0],
    [{ channel: 'app' }, 1],
    [{ channel: 'app', region: 'west' }, 1],
    [{ channel: 'app', region: 'east' }, 2],
    [{ channel: 'app', region: 'east', currency: 'USD', weekday: '1' }, 2],
    [{ region: 'east' }, 0],
    [{ region: 'west', channel: 'web' }, 0],
    [{ region: 'west', channel: 'web', currency: 'USD' }, 3],
  ])('%j finds rule %i, the most specific one that matches', (parameters, index) => {
    expect(pathFound(channels, parameters)).toBe(`subSets[0].rules[${index}]`);
  });

  const narrow = expectAnswer(
    parseBookingRules(
      setOf(ruleFor({ channel: 'app' }), ruleFor({ channel: 'web', region: 'east' })),
    ),
  );

  test.each([
    [{ channel: 'pos' }, 'channel', 'pos', ['app', 'web'], 'subSets[0].rules[0]'],
    [{}, 'channel', null, ['app', 'web'], 'subSets[0].rules[0]'],
    [{ channel: 'web' }, 'region', null, ['east'], 'subSets[0].rules[1]'],
    [{ channel: 'web', region: 'north' }, 'region', 'north', ['east'], 'subSets[0].rules[1]'],
    [{ toString: 'app' }, 'channel', null, ['app', 'web'], 'subSets[0].rules[0]'],
  ])('%j has no rule: the refusal names %s', (parameters, parameter, value, known, nearest) => {
    const target = { businessType: 'subsidy.coupon', institution: 'corner', parameters };
    const refusal = findBookingRule(narrow, target);
    const details = { parameter, value, known, nearest };
    expect(refusal).toMatchObject({ kind: 'refusal', code: 'CONFIGURATION_UNKNOWN', details });
  });

  test('a parameter that every object has by nature is not given', () => {
    const set = expectAnswer(parseBookingRules(setOf(ruleFor({ constructor: 'app' }))));
    const target = { businessType: 'subsidy.coupon', institution: 'corner', parameters: {} };
    const details = { parameter: 'constructor', value: null };
    expect(findBookingRule(set, target)).toMatchObject({ code: 'CONFIGURATION_UNKNOWN', details });
  });

  test('is what a scan of all rules finds: the one match that demands the most', () => {
    fc.assert(
      fc.property(rulesJson, someParameters, (json, parameters) => {
        const parsed = parseBookingRules(json);
        fc.pre(!isRefusal(parsed));
        for (const [place, { businessType, rules }] of json.subSets.entries()) {
          for (const institution of ['corner', 'market']) {
            const found = findBookingRule(parsed, { businessType, institution, parameters });
            expect(isRefusal(found) ? null : found.path).toBe(
              bestByScan(rules, institution, parameters, place),
            );
          }
        }
      }),
    );
  });
});

/** Every rule is looked at; two that are equally good are a fault of the set. */
function bestByScan(
  rules: BookingRulesJson['subSets'][number]['rules'],
  institution: string,
  parameters: Readonly<Record<string, string>>,
  place: number,
): string | null {
  const matching = rules
    .map((rule, index) => ({ ...rule, index, demanded: Object.entries(rule.when ?? {}) }))
    .filter((rule) => rule.institution === institution)
    .filter(({ demanded }) => demanded.every(([name, value]) => parameters[name] === value));
  const most = Math.max(...matching.map(({ demanded }) => demanded.length));
  const best = matching.filter(({ demanded }) => demanded.length === most);
  expect(best.length).toBeLessThanOrEqual(1);
  return best[0] === undefined ? null : `subSets[${place}].rules[${best[0].index}]`;
}

describe('reading rules', () => {
  const withEntry = (changes: object): unknown =>
    setOf({ institution: 'corner', entries: [{ ...entry, ...changes }] });
  const half = { kind: 'share', of: 'drawn', rate: '0.5' };
  const rounding = { mode: 'half-even', scale: 'currency', stage: 'line' };
  const deep = (depth: number): unknown =>
    depth === 0 ? 'drawn' : { kind: 'sum', of: [deep(depth - 1), 'fee'] };

  test.each([
    ['an unknown field', { debt: 'a' }, 'subSets[0].rules[0].entries[0]: '],
    ['a brace that is not closed', { debit: 'funding/{source' }, 'entries[0].debit: '],
    ['an empty parameter', { debit: 'funding/{}' }, 'entries[0].debit: '],
    ['an empty segment', { credit: 'payable//x' }, 'entries[0].credit: '],
    ['no amount', { amount: undefined }, 'entries[0].amount: must be the name of an amount'],
    ['an amount of money', { amount: 5 }, 'entries[0].amount: must be the name of an amount'],
    ['an unknown form', { amount: { kind: 'product' } }, 'entries[0].amount: must be the name'],
    ['one account on both sides', { credit: 'funding/{source}' }, 'entries[0]: must not debit'],
    ['a share without rounding', { amount: half }, 'entries[0].amount.rounding: '],
    [
      'a share of more than all',
      { amount: { ...half, rate: '1.01', rounding } },
      'entries[0].amount.rate: must be above 0 and at most 1',
    ],
    [
      'a share of nothing',
      { amount: { ...half, rate: '0', rounding } },
      'entries[0].amount.rate: must be above 0 and at most 1',
    ],
    [
      'a share as a number',
      { amount: { ...half, rate: 0.5, rounding } },
      'entries[0].amount.rate: must be a share as text',
    ],
    [
      'rounding of a total',
      { amount: { ...half, rounding: { ...rounding, stage: 'total' } } },
      'entries[0].amount.rounding.stage: must be "line"',
    ],
    ['a sum of one', { amount: { kind: 'sum', of: ['drawn'] } }, 'entries[0].amount.of: '],
    [
      'a difference of nothing',
      { amount: { kind: 'difference', of: 'drawn', less: [] } },
      'entries[0].amount.less: ',
    ],
    [
      'a fault deep within',
      { amount: { kind: 'sum', of: ['drawn', { kind: 'difference', of: 7, less: ['fee'] }] } },
      'entries[0].amount.of[1].of: must be the name of an amount',
    ],
    ['too deep an expression', { amount: deep(5) }, 'must lie 4 deep at most'],
  ])('%s is a fault with its path', (_, changes, fault) => {
    const faults = faultsOf(withEntry(changes));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test.each([
    ['no first day', { effectiveFrom: undefined }, 'effectiveFrom: '],
    ['a day that is none', { effectiveFrom: '2017-02-29' }, 'effectiveFrom: '],
    ['a version of 0', { version: 0 }, 'version: '],
    ['a version that no database holds', { version: 2 ** 31 }, 'version: '],
  ])('%s is a fault', (_, changes, fault) => {
    expect(faultsOf({ ...(setOf(ruleFor({})) as object), ...changes })).toEqual([
      expect.stringContaining(fault),
    ]);
  });

  test.each([
    ['institution', 'corner', 'when: must not name the institution again'],
    ['channel', '', 'when.channel: must be a value of letters'],
    ['channel', 5, 'when.channel: '],
    ['no name', 'app', 'when.no name: '],
    ['__proto__', 'app', 'when'],
  ])('a demand of %s = %j is a fault', (parameter, value, fault) => {
    const when: unknown = JSON.parse(`{ ${JSON.stringify(parameter)}: ${JSON.stringify(value)} }`);
    const faults = faultsOf(setOf(ruleFor(when as object)));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`subSets[0].rules[0].${fault}`);
  });

  test('every fault is listed, whatever kind it is', () => {
    const share = { kind: 'share', of: '', rate: '2', rounding: {} };
    const rules = [
      ruleFor({}),
      { institution: 'corner', entries: [{ debit: 'a', credit: 'a', amount: share }] },
      { institution: '', entries: [] },
    ];
    const subSet = { businessType: 'subsidy.coupon', rules };
    const faults = faultsOf({ id: '', version: 0, subSets: [subSet, subSet] });
    const paths = faults.map((fault) => fault.slice(0, fault.indexOf(':')));
    expect(paths.toSorted()).toEqual(
      [
        ...['id', 'version', 'effectiveFrom', 'subSets[1].businessType'],
        ...[0, 1].flatMap((place) =>
          [
            ...['[1]', '[1].entries[0]', '[1].entries[0].amount.of', '[1].entries[0].amount.rate'],
            ...['mode', 'scale', 'stage'].map((field) => `[1].entries[0].amount.rounding.${field}`),
            ...['[2].institution', '[2].entries'],
          ].map((path) => `subSets[${place}].rules${path}`),
        ),
      ].toSorted(),
    );
  });

  test('a second sub rule set for the same type is a fault', () => {
    const [subSet] = (setOf(ruleFor({})) as { subSets: readonly object[] }).subSets;
    expect(faultsOf({ ...(setOf() as object), subSets: [subSet, subSet] })).toEqual([
      'subSets[1].businessType: "subsidy.coupon" has a sub rule set already',
    ]);
  });

  test('whatever is not a rule set is refused, never thrown', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => isRefusal(parseBookingRules(json))));
    expect(faultsOf(undefined)).toHaveLength(1);
    const bottomless = `${'{"kind":"sum","of":['.repeat(5_000)}"a"${']}'.repeat(5_000)}`;
    expect(faultsOf(withEntry({ amount: JSON.parse(bottomless) as unknown }))).toContainEqual(
      expect.stringContaining('must lie 4 deep at most'),
    );
  });

  test('what was read is written as it was, and read again the same', () => {
    expect(formatBookingRules(expectAnswer(parseBookingRules(exampleRules)))).toEqual(exampleRules);
    fc.assert(
      fc.property(rulesJson, (json) => {
        const set = parseBookingRules(json);
        fc.pre(!isRefusal(set));
        expect(parseBookingRules(JSON.parse(JSON.stringify(formatBookingRules(set))))).toEqual(set);
      }),
    );
  });
});
