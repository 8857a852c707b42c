import { money } from '@sluice/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../../test/arbitraries.ts';
import { simple } from '../../test/simple-conditions.ts';
import { fact, goodSet, ruleJson, setJson, usd, type Json } from '../../test/support.ts';
import {
  boolValue,
  compileLayers,
  decide,
  decimalValue,
  integerValue,
  lintRules,
  listValue,
  moneyValue,
  textValue,
  type Value,
} from '../index.ts';

const n = fact('n');
const int = (value: number): Json => ({ integer: `${value}` });
const gt = (value: number): Json => ({ gt: [n, int(value)] });
const lt = (value: number): Json => ({ lt: [n, int(value)] });
const is = (text: string): Json => ({ eq: [fact('t'), { text }] });
const not = (node: Json): Json => ({ not: node });

function lint(...conditions: readonly Json[]): readonly (readonly [string, string])[] {
  const all = conditions.map((when, index) => ruleJson({ id: `r${index}`, when }));
  return lintRules([goodSet(setJson(all))]).findings.map(({ rule, code }) => [rule.id, code]);
}

describe('a condition', () => {
  test.each<[Json, string]>([
    [{ bool: false }, 'ALWAYS_FALSE'],
    [{ and: [gt(5), lt(6)] }, 'ALWAYS_FALSE'],
    [{ and: [gt(5), lt(7), { ne: [n, int(6)] }] }, 'ALWAYS_FALSE'],
    [{ and: [is('a'), is('b')] }, 'ALWAYS_FALSE'],
    [{ and: [is('a'), { in: [fact('t'), { list: [{ text: 'b' }] }] }] }, 'ALWAYS_FALSE'],
    [{ and: [fact('b'), not(fact('b'))] }, 'ALWAYS_FALSE'],
    [{ and: [{ gt: [n, n] }, not({ gt: [n, n] })] }, 'ALWAYS_FALSE'],
    [{ lt: [int(2), int(1)] }, 'ALWAYS_FALSE'],
    [
      { and: [{ gt: [fact('r'), { decimal: '0.1' }] }, { lt: [fact('r'), { decimal: '0.1' }] }] },
      'ALWAYS_FALSE',
    ],
    [
      { and: [{ lt: [fact('m.usd'), usd('1.00')] }, { ge: [fact('m.usd'), usd('1.00')] }] },
      'ALWAYS_FALSE',
    ],
    [{ if: { when: gt(5), then: lt(3), else: { bool: false } } }, 'ALWAYS_FALSE'],
    [{ or: [gt(5), lt(6)] }, 'ALWAYS_TRUE'],
    [{ or: [is('a'), not(is('a'))] }, 'ALWAYS_TRUE'],
    [{ not: { and: [fact('b'), not(fact('b'))] } }, 'ALWAYS_TRUE'],
    [{ gt: [int(2), int(1)] }, 'ALWAYS_TRUE'],
  ])('%j is reported: %s', (when, code) => {
    expect(lint(when)).toEqual([['r0', code]]);
  });

  test.each<[Json]>([
    [{ bool: true }],
    [{ and: [gt(5), lt(7)] }],
    [
      {
        and: [
          { gt: [fact('r'), { decimal: '0.1' }] },
          { lt: [fact('r'), { decimal: '0.100000000000000001' }] },
        ],
      },
    ],
    [{ or: [gt(5), lt(5)] }],
    [{ or: [gt(5), not(fact('b'))] }],
    [{ and: [{ eq: [fact('m.open'), usd('1.00')] }, { eq: [fact('m.usd'), usd('2.00')] }] }],
  ])('%j is not reported', (when) => {
    expect(lint(when)).toEqual([]);
  });
});

describe('a rule behind others', () => {
  test.each<[string, readonly Json[], string | null]>([
    ['one that holds more often', [gt(5), gt(7)], 'SHADOWED'],
    ['one that always holds', [{ bool: true }, gt(7)], 'SHADOWED'],
    ['one that holds less often', [gt(7), gt(5)], null],
    ['one of its kind', [is('a'), { and: [is('a'), gt(1)] }], 'SHADOWED'],
    ['two that cover it together', [gt(5), lt(6), { eq: [n, int(6)] }], 'SHADOWED'],
    ['two that cover it only together', [gt(5), lt(6), { ge: [n, int(-3)] }], 'UNREACHABLE'],
    ['two of which a missing fact makes both unknown', [fact('b'), not(fact('b')), gt(1)], null],
    [
      'two of a fact that it needs itself',
      [fact('b'), not(fact('b')), { eq: [fact('b'), { bool: true }] }],
      'SHADOWED',
    ],
    [
      'one with the same riddle',
      [{ gt: [n, { add: [n, n] }] }, { and: [{ gt: [n, { add: [n, n] }] }, gt(0)] }],
      'SHADOWED',
    ],
  ])('%s', (_title, conditions, code) => {
    const last = `r${conditions.length - 1}`;
    expect(lint(...conditions).filter(([id]) => id === last)).toEqual(
      code === null ? [] : [[last, code]],
    );
  });

  test('whose value may be unknown is not shadowed', () => {
    const value = fact('m.usd');
    const all = [
      ruleJson({ id: 'a', when: gt(5), then: { outcome: 'applied', value } }),
      ruleJson({ id: 'b', when: gt(7) }),
    ];
    expect(lintRules([goodSet(setJson(all))]).findings).toEqual([]);
    const settled = { and: [gt(5), { gt: [fact('m.usd'), usd('0.00')] }] };
    const needing = [
      { ...all[0], when: settled },
      { ...all[1], when: settled },
    ];
    expect(lintRules([goodSet(setJson(needing))]).findings).toMatchObject([
      {
        rule: { id: 'b' },
        code: 'SHADOWED',
        message: 'a v1 of s decides before it whenever it holds',
      },
    ]);
  });

  test('on other days is not shadowed', () => {
    const early = ruleJson({ id: 'a', when: gt(5), effectiveTo: '2018-01-01' });
    const ever = ruleJson({ id: 'b', when: gt(7) });
    expect(lintRules([goodSet(setJson([early, ever]))]).findings).toEqual([]);
    const within = { ...ever, effectiveTo: '2017-06-01' };
    expect(lintRules([goodSet(setJson([early, within]))]).findings).toHaveLength(1);
  });

  test('that other layers silence on all its days is unreachable', () => {
    const user = { id: 'u', scope: { level: 'user', id: 'ann' } };
    const report = lintRules([
      goodSet(setJson([ruleJson()])),
      goodSet(setJson([{ id: 'r', version: 1, business: 'b', disable: true }], user)),
    ]);
    expect(report.findings).toMatchObject([{ rule: { layer: 'base' }, code: 'UNREACHABLE' }]);
  });

  test('is found among thousands', () => {
    const all = Array.from({ length: 3_000 }, (_, index) =>
      ruleJson({ id: `r${index}`, when: { eq: [n, int(index === 2_999 ? 7 : index)] } }),
    );
    const report = lintRules([goodSet(setJson(all))]);
    expect(report.complete).toBe(true);
    expect(report.findings.map(({ rule, code }) => [rule.id, code])).toEqual([
      ['r2999', 'SHADOWED'],
    ]);
  });

  test('too many to compare are not all compared, and it says so', () => {
    const all = Array.from({ length: 800 }, (_, index) =>
      ruleJson({ id: `r${index}`, when: { and: [fact('b'), { gt: [n, int(-index)] }] } }),
    );
    const value = fact('m.usd');
    const open = all.map((rule) => ({ ...rule, then: { outcome: 'applied', value } }));
    expect(lintRules([goodSet(setJson(open))])).toEqual({ findings: [], complete: false });
  });
});

const plainFacts: fc.Arbitrary<Record<string, Value>> = fc.record(
  {
    n: fc.bigInt({ min: -4n, max: 4n }).map(integerValue),
    t: fc.constantFrom('', 'a', 'b', 'ab').map(textValue),
    b: fc.boolean().map(boolValue),
    r: fc.integer({ min: -2, max: 2 }).map((units) => decimalValue(new Decimal(units))),
    'm.usd': fc.bigInt({ min: -2n, max: 2n }).map((units) => moneyValue(money(units, 'USD'))),
    'm.open': fc.constantFrom('USD', 'CNY').map((code) => moneyValue(money(1n, code))),
    tags: fc.array(fc.constantFrom('a', 'b')).map((words) => listValue(words.map(textValue))),
  },
  { requiredKeys: [] },
);

const value = fc.constantFrom<Json>(usd('1.00'), fact('m.usd'), {
  if: { when: fact('b'), then: n, else: n },
});
const simpleRules = fc
  .array(
    fc.record({ when: simple, then: value.map((each) => ({ outcome: 'applied', value: each })) }),
    {
      minLength: 2,
      maxLength: 5,
    },
  )
  .map((all) => all.map((rule, index) => ruleJson({ ...rule, id: `r${index}` })));

describe('for any rules and any facts', () => {
  let reported = 0;

  test('a rule reported as never chosen never is, one that always holds always does', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 3, arbitrary: simpleRules }, { weight: 1, arbitrary: rules }),
        fc.array(plainFacts, { minLength: 20, maxLength: 20 }),
        (json, inputs) => {
          const set = goodSet(setJson(json));
          const { findings } = lintRules([set]);
          const all = compileLayers([set], 'b');
          reported += findings.length;
          for (const given of inputs) {
            const { rule, trace } = decide(all, given, '2017-07-03');
            for (const finding of findings) {
              if (finding.code !== 'ALWAYS_TRUE') expect(rule?.id).not.toBe(finding.rule.id);
              const asked = trace.find(
                (line) => line.path === '' && line.rule.id === finding.rule.id,
              );
              if (finding.code === 'ALWAYS_TRUE') expect(asked?.outcome).not.toBe('does-not-hold');
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(reported).toBeGreaterThan(50);
  });
});
