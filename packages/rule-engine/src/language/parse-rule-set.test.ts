import { isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules as anyRules } from '../../test/arbitraries.ts';
import mainRules from '../../test/fixtures/main-rules.json' with { type: 'json' };
import { fact, faultsOf, goodSet, ruleJson, setJson, usd, type Json } from '../../test/support.ts';
import { limits, parseRuleSet } from '../index.ts';

const when = (condition: unknown): Json => setJson([ruleJson({ when: condition })]);
const value = (expression: unknown): Json =>
  setJson([ruleJson({ then: { outcome: 'applied', value: expression } })]);

describe('a good rule set', () => {
  test('is read with its id, version, scope, facts and rules', () => {
    const set = goodSet(mainRules);
    expect([set.id, set.version, set.scope]).toEqual([
      'main-rules',
      1,
      { level: 'base', id: null },
    ]);
    expect([...set.facts.keys()]).toEqual(Object.keys(mainRules.facts));
    expect(set.rules.map(({ business }) => business)).toEqual([
      'coupon-discount',
      'coupon-match',
      'loyalty-discount',
    ]);
  });

  test('may hold any well-typed rules', () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        expect(faultsOf(setJson(rules))).toEqual([]);
      }),
    );
  });

  test('may hold versions of one rule that follow each other without a day in common', () => {
    const before = ruleJson({ version: 1, effectiveTo: '2018-01-01' });
    const after = ruleJson({ version: 2, effectiveFrom: '2018-01-01' });
    expect(faultsOf(setJson([after, before]))).toEqual([]);
  });

  test('may be empty: a business can be switched off', () => {
    expect(faultsOf(setJson([]))).toEqual([]);
  });
});

describe('shape', () => {
  test.each<[string, unknown, string]>([
    ['a set is an object', [], 'expected an object, found a list'],
    [
      'a set has rules',
      { ...setJson([]), rules: undefined, extra: 1 },
      'unknown key "extra": use id, version, scope, facts, rules',
    ],
    [
      'a version counts from 1',
      setJson([], { version: 0 }),
      'version: expected a whole number from 1, found 0',
    ],
    [
      'a version is not text',
      setJson([], { version: '1' }),
      'version: expected a whole number from 1, found "1"',
    ],
    [
      'a layer is one of four',
      setJson([], { scope: { level: 'shop' } }),
      'scope.level: expected base, institution, user, device, found "shop"',
    ],
    ['a device set says which', setJson([], { scope: { level: 'device' } }), 'scope.id: missing'],
    [
      'the base is of nobody',
      setJson([], { scope: { level: 'base', id: 'x' } }),
      'scope.id: the base is for everyone: leave the id out',
    ],
    [
      'a type is known',
      setJson([], { facts: { x: 'float' } }),
      'facts["x"]: expected bool, text, integer, decimal, money, {"money": "USD"} ' +
        'or {"list": type}, found "float"',
    ],
    [
      'a fact has a good name',
      setJson([], { facts: { '1 x': 'bool' } }),
      'facts["1 x"]: expected a fact name such as coupon.value, found "1 x"',
    ],
    [
      'a fact is declared',
      when(fact('coupon.valeu')),
      'rules[0].when.fact: "coupon.valeu" is not declared in facts',
    ],
    [
      'names of all objects are no facts',
      when(fact('constructor')),
      'rules[0].when.fact: "constructor" is not declared in facts',
    ],
    [
      'a node has one key',
      when({ bool: true, not: { bool: true } }),
      'rules[0].when: expected a node with exactly one key, found bool, not',
    ],
    [
      'a node is an object',
      when(true),
      'rules[0].when: expected a node such as {"fact": "..."}, found true',
    ],
    [
      'a pair has two',
      when({ eq: [fact('n')] }),
      'rules[0].when.eq: expected a list of 2 expressions, found 1',
    ],
    [
      'an if has three parts',
      when({ if: { when: fact('b'), then: fact('b') } }),
      'rules[0].when.if.else: missing',
    ],
    [
      'a rule has no other keys',
      setJson([ruleJson({ effectivefrom: '2017-01-01' })]),
      'rules[0]: unknown key "effectivefrom": use id, version, business, when, then, ' +
        'effectiveFrom, effectiveTo, describe, lock',
    ],
    [
      'a date is of the calendar',
      setJson([ruleJson({ effectiveFrom: '2017-02-29' })]),
      'rules[0].effectiveFrom: expected a date such as 2017-07-03, found "2017-02-29"',
    ],
    [
      'a period has a day',
      setJson([ruleJson({ effectiveFrom: '2017-07-03', effectiveTo: '2017-07-03' })]),
      'rules[0].effectiveTo: expected a day after 2017-07-03, found 2017-07-03',
    ],
    [
      'an outcome is one of two',
      setJson([ruleJson({ then: { outcome: 'maybe' } })]),
      'rules[0].then.outcome: expected "applied" or "not-applied", found "maybe"',
    ],
    [
      'applied gives a value',
      setJson([ruleJson({ then: { outcome: 'applied' } })]),
      'rules[0].then.value: missing',
    ],
    [
      'not-applied gives none',
      setJson([ruleJson({ then: { outcome: 'not-applied', value: usd('1.00') } })]),
      'rules[0].then.value: a rule that is not applied gives no value: leave it out',
    ],
    [
      'a rule stands once',
      setJson([ruleJson({ effectiveTo: '2017-01-01' }), ruleJson({ effectiveFrom: '2017-01-01' })]),
      'rules[1].version: "r" v1 stands at rules[0] already',
    ],
    [
      'two versions do not share a day',
      setJson([
        ruleJson({ effectiveFrom: '2017-01-01' }),
        ruleJson({ version: 2, effectiveTo: '2017-01-02' }),
      ]),
      'rules[0]: "r" is in effect on the same days at rules[1]',
    ],
  ])('%s', (_title, json, fault) => {
    expect(faultsOf(json)).toContain(fault);
  });

  test('an unknown node names those that exist', () => {
    expect(faultsOf(when({ between: [] }))[0]).toMatch(
      /^rules\[0\]\.when: unknown node "between": use one of fact, bool, .*, if, rollout$/,
    );
  });

  test('every fault is listed, in order, and none twice', () => {
    const json = setJson(
      [
        ruleJson({
          when: { and: [{ lt: [fact('m.usd'), fact('n')] }, fact('gone'), fact('bad')] },
        }),
        ruleJson({
          id: '',
          version: 2,
          then: { outcome: 'applied', value: { add: [fact('gone')] } },
        }),
      ],
      { version: -1, facts: { 'm.usd': { money: 'USD' }, n: 'integer', bad: 'float' } },
    );
    expect(faultsOf(json).map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual([
      'version',
      'facts["bad"]',
      'rules[0].when.and[0].lt[1]',
      'rules[0].when.and[1].fact',
      'rules[1].id',
      'rules[1].then.value.add',
    ]);
  });

  test('the refusal names the set, counts the faults and shows the first', () => {
    expect(parseRuleSet(setJson([], { version: 0 }))).toMatchObject({
      message: 'rule set "s" has 1 fault, first: version: expected a whole number from 1, found 0',
      details: { ruleSetId: 's' },
    });
  });
});

describe('limits', () => {
  const nested = (depth: number): Json =>
    Array.from({ length: depth }).reduce<Json>((inner) => ({ not: inner }), { bool: true });

  test('a tree may be as deep as the limit and no deeper', () => {
    expect(faultsOf(when(nested(limits.depth - 1)))).toEqual([]);
    const faults = faultsOf(when(nested(100_000)));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(`nested deeper than ${limits.depth}`);
  });

  test('a rule may have as many nodes as the limit and no more', () => {
    const wide = (count: number): Json => when({ and: Array(count).fill(fact('b')) });
    expect(faultsOf(wide(limits.nodesPerRule - 2))).toEqual([]);
    expect(faultsOf(wide(limits.nodesPerRule * 2))).toEqual([
      'rules[0].when.and[1999]: more than 2000 nodes in a rule',
    ]);
  });

  test('a set may not have more rules than the limit', () => {
    expect(faultsOf(setJson(Array(limits.rules + 1).fill(null)))).toEqual([
      'rules: expected a list of at most 20000 rules, found 20001',
    ]);
  });

  test('a tree that contains itself is refused, not followed for ever', () => {
    const loop: Record<string, unknown> = {};
    loop['not'] = loop;
    expect(faultsOf(when(loop))).toHaveLength(1);
  });
});

describe('whatever the JSON', () => {
  test('it is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        for (const json of [left, setJson([left]), when(left), value({ add: [left, right] })]) {
          const parsed = parseRuleSet(json);
          expect(isRefusal(parsed) ? parsed.code : 'RULE_SET_INVALID').toBe('RULE_SET_INVALID');
        }
      }),
    );
  });

  test('a key that is not known is refused wherever it is put', () => {
    const places = (json: unknown): object[] =>
      typeof json === 'object' && json !== null
        ? [...(Array.isArray(json) ? [] : [json]), ...Object.values(json).flatMap(places)]
        : [];
    for (const index of places(mainRules).keys()) {
      const copy = structuredClone(mainRules);
      Object.assign(places(copy)[index]!, { surprise: 1 });
      expect(faultsOf(copy)).not.toEqual([]);
    }
  });
});
