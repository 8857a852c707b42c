import { money } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import mainRules from '../../test/fixtures/main-rules.json' with { type: 'json' };
import { compiled, day, dollars, fact, goodSet, line, ruleJson, usd } from '../../test/support.ts';
import { compileRules, decide, explain, integerValue, moneyValue, textValue } from '../index.ts';

const match = compileRules(goodSet(mainRules), 'coupon-match');

describe('explain', () => {
  test('says what a discount is made of', () => {
    expect(explain(decide(match, line({ coupon: 75n }), day))).toBe(
      [
        'applied 0.25 USD by coupon-doubling v1 (base set main-rules v1):',
        '  coupon.value 0.75 USD above 0.00 USD',
        '  coupon.value 0.75 USD below 1.00 USD',
        '  line.quantity 1 above 0',
        '  min(coupon.value 0.75 USD, 0.25 USD) = 0.25 USD',
        '  1.00 USD - coupon.value 0.75 USD = 0.25 USD',
      ].join('\n'),
    );
  });

  test('says the one reason why not, and no other', () => {
    expect(explain(decide(match, line({ coupon: 150n }), day))).toBe(
      'not applied: coupon.value 1.50 USD not below 1.00 USD',
    );
    const atLeast = compiled(ruleJson({ when: { ge: [fact('m.usd'), usd('20.00')] } }));
    expect(explain(decide(atLeast, { 'm.usd': dollars(1890n) }, day))).toBe(
      'not applied: m.usd 18.90 USD below 20.00 USD',
    );
  });

  test('says which facts are missing', () => {
    expect(explain(decide(match, {}, day))).toBe(
      'unknown:\n  coupon.value is missing\n  line.quantity is missing',
    );
  });

  test('says of each of several rules why it did not hold', () => {
    const is = (id: string, text: string) => ruleJson({ id, when: { eq: [fact('t'), { text }] } });
    expect(
      explain(decide(compiled(is('a', 'tea'), is('b', 'milk')), { t: textValue('x') }, day)),
    ).toBe('not applied:\n  a: t "x" is not "tea"\n  b: t "x" is not "milk"');
  });

  test('says which rule could not be told beside the one that applied', () => {
    const all = compiled(ruleJson({ when: fact('b') }), ruleJson({ id: 'good' }));
    expect(explain(decide(all, {}, day))).toBe(
      'applied 1.00 USD by good v1 (base set s v1): r is unknown: b is missing',
    );
  });

  test('says of a value that cannot be told only why', () => {
    const value = { add: [fact('m.open'), usd('1.00')] };
    const when = { ne: [fact('n'), { integer: '0' }] };
    const all = compiled(ruleJson({ when, then: { outcome: 'applied', value } }));
    const facts = { n: integerValue(1n), 'm.open': moneyValue(money(1n, 'CNY')) };
    expect(explain(decide(all, facts, day))).toBe('unknown: CNY and USD do not go together');
  });

  test('says of a rule without reasons no more than what it did', () => {
    expect(explain(decide(compiled(ruleJson()), {}, day))).toBe(
      'applied 1.00 USD by r v1 (base set s v1)',
    );
    expect(explain(decide(compiled(ruleJson({ when: { bool: false } })), {}, day))).toBe(
      'not applied: r v1 does not hold',
    );
  });

  test('says that there is no rule', () => {
    expect(explain(decide(compiled(ruleJson({ effectiveFrom: '2018-01-01' })), {}, day))).toBe(
      'not applied: no rule of "b" is in effect',
    );
  });

  test('tells the parts that carry an or and a not', () => {
    const when = {
      not: { or: [{ eq: [fact('t'), { text: 'a' }] }, { eq: [fact('t'), { text: 'x' }] }] },
    };
    expect(explain(decide(compiled(ruleJson({ when })), { t: textValue('x') }, day))).toBe(
      'not applied: t "x" is "x"',
    );
  });
});

describe('the trace', () => {
  test('has a line for every rule asked and every node visited, with its place', () => {
    const { trace } = decide(match, line({ coupon: 0n }), day);
    expect(
      trace.map(({ path, node, outcome, decisive }) => [path, node, outcome, decisive]),
    ).toEqual([
      ['', 'rule', 'does-not-hold', true],
      ['when', 'and', 'false', true],
      ['when.and[0]', 'gt', 'false', true],
    ]);
  });

  test('names the rounding of a product', () => {
    const rounding = { mode: 'half-even', scale: 'currency', stage: 'line' };
    const value = { multiply: { value: fact('m.usd'), by: { decimal: '0.425' }, rounding } };
    const all = compiled(ruleJson({ then: { outcome: 'applied', value } }));
    const { trace } = decide(all, { 'm.usd': dollars(1235n) }, day);
    expect(trace.at(-1)).toMatchObject({
      path: 'then.value',
      text: 'm.usd 12.35 USD × 0.425 (half-even, scale currency, per line) = 5.25 USD',
    });
  });

  test('goes into JSON with the whole decision', () => {
    const decision = decide(match, line({ coupon: 75n }), day);
    const record: unknown = JSON.parse(JSON.stringify(decision));
    expect(record).toEqual({
      business: 'coupon-match',
      outcome: 'applied',
      value: { money: { amount: '0.25', currency: 'USD' } },
      rule: decision.rule,
      unknowns: [],
      factsRead: ['coupon.value', 'line.quantity'],
      trace: decision.trace,
    });
  });
});
