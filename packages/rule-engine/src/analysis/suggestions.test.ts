import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { condition, facts } from '../../test/arbitraries.ts';
import { simple } from '../../test/simple-conditions.ts';
import { compiled, day, dollars, fact, ruleJson, usd, type Json } from '../../test/support.ts';
import { boolValue, decide, decimalValue, integerValue, textValue, type Value } from '../index.ts';
import { Decimal } from 'decimal.js';

function texts(when: Json, given: Record<string, Value>): readonly string[] {
  const { suggestions } = decide(compiled(ruleJson({ when })), given, day);
  return suggestions.flatMap(({ changes }) => changes.map(({ text }) => text));
}

const basket = { ge: [fact('m.usd'), usd('20.00')] };

describe('what would have to change', () => {
  test.each<[Json, Record<string, Value>, readonly string[]]>([
    [basket, { 'm.usd': dollars(1890n) }, ['m.usd is 18.90 USD: it must be at least 20.00 USD']],
    [
      { gt: [fact('m.usd'), usd('20.00')] },
      { 'm.usd': dollars(1890n) },
      ['m.usd is 18.90 USD: it must be at least 20.01 USD'],
    ],
    [
      { and: [basket, fact('b')] },
      { 'm.usd': dollars(2000n), b: boolValue(false) },
      ['b is false: it must be true'],
    ],
    [
      { and: [fact('b'), basket] },
      { b: boolValue(false) },
      ['b is false: it must be true', 'm.usd is not known: it must be at least 20.00 USD'],
    ],
    [
      { or: [{ and: [basket, fact('b')] }, { eq: [fact('t'), { text: 'vip' }] }] },
      { 'm.usd': dollars(1n), b: boolValue(false), t: textValue('no') },
      ['t is "no": it must be "vip"'],
    ],
    [
      { and: [{ ge: [fact('n'), { integer: '3' }] }, { lt: [fact('n'), { integer: '8' }] }] },
      { n: integerValue(9n) },
      ['n is 9: it must be from 3 to 7'],
    ],
    [
      { gt: [fact('r'), { decimal: '0.5' }] },
      { r: decimalValue(new Decimal('0.25')) },
      ['r is 0.25: it must be above 0.5'],
    ],
    [{ ne: [fact('t'), { text: 'a' }] }, { t: textValue('a') }, ['t is "a": it must be not "a"']],
    [{ gt: [{ add: [fact('n'), fact('n')] }, { integer: '3' }] }, { n: integerValue(1n) }, []],
    [{ bool: false }, {}, []],
  ])('for %j with %o is told', (when, given, expected) => {
    expect(texts(when, given)).toEqual(expected);
  });

  test('nothing, when a rule applied', () => {
    expect(decide(compiled(ruleJson()), {}, day).suggestions).toEqual([]);
  });

  test('for a rule that settles that nothing applies is how to be let go', () => {
    const bar = ruleJson({ id: 'bar', when: basket, then: { outcome: 'not-applied' } });
    const { suggestions } = decide(compiled(bar, ruleJson()), { 'm.usd': dollars(5000n) }, day);
    expect(suggestions).toMatchObject([
      {
        rule: { id: 'bar' },
        to: 'let-go',
        changes: [{ fact: 'm.usd', nearest: { kind: 'money', money: { minor: 1999n } } }],
      },
    ]);
  });

  test('done, makes the rule hold', () => {
    let suggested = 0;
    fc.assert(
      fc.property(fc.oneof(condition, simple), facts, (when, given) => {
        const all = compiled(ruleJson({ when }));
        for (const { changes } of decide(all, given, day).suggestions) {
          if (changes.some(({ nearest }) => nearest === null)) continue;
          suggested += 1;
          const changed = Object.fromEntries(changes.map((each) => [each.fact, each.nearest!]));
          expect(decide(all, { ...given, ...changed }, day).outcome).toBe('applied');
        }
      }),
      { numRuns: 300 },
    );
    expect(suggested).toBeGreaterThan(20);
  });
});
