import { money } from '@sluice/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import mainRules from '../../test/fixtures/main-rules.json' with { type: 'json' };
import {
  compiled,
  day,
  dollars,
  fact,
  goodSet,
  line,
  ruleJson,
  setJson,
  usd,
  type Json,
} from '../../test/support.ts';
import {
  boolValue,
  compileRules,
  decide,
  decideNow,
  decimalValue,
  integerValue,
  listValue,
  moneyOf,
  moneyValue,
  textValue,
  valueText,
  type Decision,
  type Value,
} from '../index.ts';

const mainSet = goodSet(mainRules);
const then = (value: Json): Json => ruleJson({ then: { outcome: 'applied', value } });

function said({ outcome, value }: Decision): string {
  return value === null ? outcome : `${outcome} ${valueText(value)}`;
}

function valueOf(expression: Json, facts: Record<string, Value> = {}): string {
  return said(decide(compiled(then(expression)), facts, day));
}

function truthOf(when: Json, facts: Record<string, Value> = {}): Decision['outcome'] {
  return decide(compiled(ruleJson({ when })), facts, day).outcome;
}

describe('the rules of the main job', () => {
  test.each([
    ['coupon-discount', line({ coupon: 75n }), 'applied 0.75 USD'],
    ['coupon-discount', line({ coupon: 0n }), 'not-applied'],
    ['coupon-match', line({ coupon: 30n }), 'applied 0.30 USD'],
    ['coupon-match', line({ coupon: 50n }), 'applied 0.50 USD'],
    ['coupon-match', line({ coupon: 75n }), 'applied 0.25 USD'],
    ['coupon-match', line({ coupon: 99n }), 'applied 0.01 USD'],
    ['coupon-match', line({ coupon: 100n }), 'not-applied'],
    ['coupon-match', line({ coupon: 250n }), 'not-applied'],
    ['coupon-match', line({ coupon: 0n }), 'not-applied'],
    ['coupon-match', line({ coupon: 75n, quantity: 0n }), 'not-applied'],
    ['loyalty-discount', line({ cut: 40n }), 'applied 0.40 USD'],
    ['loyalty-discount', line({ cut: 0n }), 'not-applied'],
    ['loyalty-discount', {}, 'unknown'],
  ])('%s case %#: %o is as expected', (business, facts, expected) => {
    expect(said(decide(compileRules(mainSet, business), facts, day))).toBe(expected);
  });

  test('a coupon and its match never pass 1.00, unless the coupon alone does', () => {
    const match = compileRules(mainSet, 'coupon-match');
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 200n }), fc.bigInt({ min: 0n, max: 2n }), (c, q) => {
        const decision = decide(match, line({ coupon: c, quantity: q }), day);
        const cap = c < 100n ? 100n - c : 0n;
        const expected = q > 0n ? (c < cap ? c : cap) : 0n;
        expect(decision.outcome).toBe(expected > 0n ? 'applied' : 'not-applied');
        if (expected > 0n) expect(moneyOf(decision.value).minor).toBe(expected);
      }),
    );
  });

  test('the decision names rule, set and layer', () => {
    const { rule } = decide(compileRules(mainSet, 'coupon-match'), line({ coupon: 5n }), day);
    expect(rule).toEqual({
      id: 'coupon-doubling',
      version: 1,
      ruleSetId: 'main-rules',
      ruleSetVersion: 1,
      layer: 'base',
    });
  });
});

describe('three-valued logic', () => {
  const t = { bool: true };
  const f = { bool: false };
  const u = fact('b');

  test.each<[Json, Decision['outcome']]>([
    [{ and: [t, t] }, 'applied'],
    [{ and: [t, u] }, 'unknown'],
    [{ and: [u, f] }, 'not-applied'],
    [{ and: [f, u] }, 'not-applied'],
    [{ or: [f, f] }, 'not-applied'],
    [{ or: [f, u] }, 'unknown'],
    [{ or: [u, t] }, 'applied'],
    [{ or: [t, u] }, 'applied'],
    [{ not: u }, 'unknown'],
    [{ not: f }, 'applied'],
    [{ eq: [u, t] }, 'unknown'],
    [{ ne: [u, u] }, 'unknown'],
    [{ if: { when: u, then: t, else: t } }, 'unknown'],
    [{ if: { when: t, then: t, else: u } }, 'applied'],
    [{ in: [fact('t'), { list: [{ text: 'a' }] }] }, 'unknown'],
  ])('%j is %s when the fact is missing', (condition, outcome) => {
    expect(truthOf(condition)).toBe(outcome);
  });

  test('a missing fact is neither below nor above nor the same', () => {
    for (const op of ['eq', 'ne', 'lt', 'le', 'gt', 'ge']) {
      expect(truthOf({ [op]: [fact('m.usd'), usd('1.00')] })).toBe('unknown');
    }
  });
});

describe('operations', () => {
  const rounding = { mode: 'half-up', scale: 'currency', stage: 'line' };

  test.each<[Json, string]>([
    [{ add: [usd('1.00'), usd('0.05'), usd('-2.00')] }, '-0.95 USD'],
    [{ subtract: [usd('1.00'), usd('1.75')] }, '-0.75 USD'],
    [{ min: [usd('1.00'), usd('0.50'), usd('0.75')] }, '0.50 USD'],
    [{ max: [usd('0.00'), { subtract: [usd('1.00'), usd('1.75')] }] }, '0.00 USD'],
    [{ add: [{ decimal: '0.1' }, { decimal: '0.2' }] }, '0.3'],
    [{ subtract: [{ integer: '999999999999999999' }, { integer: '-1' }] }, '1000000000000000000'],
    [{ multiply: { value: usd('0.05'), by: { decimal: '0.5' }, rounding } }, '0.03 USD'],
    [{ multiply: { value: usd('0.05'), by: { integer: '3' }, rounding } }, '0.15 USD'],
    [
      {
        multiply: {
          value: usd('12.34'),
          by: { decimal: '1' },
          rounding: { ...rounding, scale: 1 },
        },
      },
      '12.30 USD',
    ],
    [{ in: [usd('1.00'), { list: [usd('2.00'), usd('1.00')] }] }, 'true'],
    [{ in: [{ integer: '3' }, { list: [{ integer: '1' }] }] }, 'false'],
    [{ eq: [{ text: 'a' }, { text: 'a' }] }, 'true'],
    [{ ne: [{ bool: true }, { bool: false }] }, 'true'],
    [{ le: [{ decimal: '0.30' }, { decimal: '0.3' }] }, 'true'],
    [{ if: { when: { bool: false }, then: usd('1.00'), else: usd('2.00') } }, '2.00 USD'],
  ])('%j gives %s', (expression, expected) => {
    expect(valueOf(expression)).toBe(`applied ${expected}`);
  });

  test('decimals of many digits stay exact', () => {
    const sum = { add: [fact('r'), { decimal: '0.000000000000000001' }] };
    const facts = { r: decimalValue(new Decimal(`1${'0'.repeat(39)}`)) };
    expect(valueOf(sum, facts)).toBe(`applied 1${'0'.repeat(39)}.000000000000000001`);
  });
});

describe('facts that are not what they should be', () => {
  const reads = (name: string): Json => ruleJson({ when: { eq: [fact(name), fact(name)] } });
  const yuan = moneyValue(money(1n, 'CNY'));

  test.each<[string, string, unknown, string]>([
    ['of another type', 'n', textValue('1'), 'n is not a good integer: found text'],
    ['a float', 'n', { kind: 'integer', integer: 1 }, 'n is not a good integer: found integer'],
    ['of another currency', 'm.usd', yuan, 'm.usd is not a good money USD: found money CNY'],
    [
      'of no currency at all',
      'm.open',
      { kind: 'money', money: { minor: 1n, currency: 'ZZZ' } },
      'm.open is not a good money: found money ZZZ',
    ],
    ['not a number', 'r', decimalValue(new Decimal(NaN)), 'r is not a good decimal: found decimal'],
    [
      'beyond all digits',
      'r',
      decimalValue(new Decimal('1e-41')),
      'r is not a good decimal: found decimal',
    ],
  ])('a fact %s is unknown, with the reason', (_title, name, value, message) => {
    const decision = decide(compiled(reads(name)), { [name]: value as Value }, day);
    expect(decision.outcome).toBe('unknown');
    expect(decision.unknowns[0]?.reason).toMatchObject({ code: 'FACT_TYPE', message, fact: name });
  });

  test('a list with a wrong item, or too long, is unknown', () => {
    const all = compiled(ruleJson({ when: { in: [{ text: 'a' }, fact('tags')] } }));
    const long = Array.from({ length: 10_001 }, () => textValue('a'));
    for (const items of [[textValue('a'), integerValue(1n)], long]) {
      const { unknowns } = decide(all, { tags: listValue(items) }, day);
      expect(unknowns[0]?.reason.code).toBe('FACT_TYPE');
    }
  });

  test('a provider that throws makes its fact unknown', () => {
    const broken = (): never => {
      throw new Error('line is busy');
    };
    const { unknowns } = decideNow(compiled(reads('n')), broken, day);
    const message = 'n failed: line is busy';
    expect(unknowns[0]?.reason).toMatchObject({ code: 'FACT_FAILED', message, fact: 'n' });
  });

  test('two currencies that only meet at run time are unknown', () => {
    const sum = { add: [fact('m.open'), usd('1.00')] };
    const { unknowns } = decide(compiled(then(sum)), { 'm.open': yuan }, day);
    const message = 'CNY and USD do not go together';
    expect(unknowns[0]?.reason).toMatchObject({ code: 'CURRENCY_MISMATCH', message });
  });

  test('a rounding finer than a currency that is only known at run time is unknown', () => {
    const rounding = { mode: 'up', scale: 2, stage: 'line' };
    const product = { multiply: { value: fact('m.open'), by: { integer: '1' }, rounding } };
    const yen = { 'm.open': moneyValue(money(1n, 'JPY')) };
    const { unknowns } = decide(compiled(then(product)), yen, day);
    expect(unknowns[0]?.reason.code).toBe('SCALE_TOO_FINE');
  });

  test('a fact named like a part of every object is missing, not found', () => {
    const json = setJson([ruleJson({ when: fact('constructor') })], {
      facts: { constructor: 'bool' },
    });
    const decision = decide(compileRules(goodSet(json), 'b'), {}, day);
    expect(decision.unknowns[0]?.reason.code).toBe('FACT_MISSING');
  });
});

describe('several rules', () => {
  const good = ruleJson({ id: 'good' });

  test('the first that holds decides, and the others are not asked', () => {
    const never = ruleJson({ id: 'never', when: fact('b') });
    const decision = decide(compiled(good, never), { b: boolValue(true) }, day);
    expect([decision.rule?.id, decision.factsRead]).toEqual(['good', []]);
  });

  test('a rule that cannot be told is reported and the next is asked', () => {
    const decision = decide(compiled(ruleJson({ when: fact('b') }), good), {}, day);
    expect([decision.outcome, decision.rule?.id]).toEqual(['applied', 'good']);
    expect(decision.unknowns.map(({ rule }) => rule.id)).toEqual(['r']);
  });

  test('a rule that fails is reported and the next is asked', () => {
    const hostile = new Proxy({} as Value, {
      get() {
        throw new Error('hands off');
      },
    });
    const decision = decide(compiled(ruleJson({ when: fact('b') }), good), { b: hostile }, day);
    expect(decision.rule?.id).toBe('good');
    const message = 'the rule failed: hands off';
    expect(decision.unknowns[0]?.reason).toMatchObject({ code: 'RULE_FAILED', message });
    expect(decision.trace.map(({ outcome }) => outcome)).toContain('unknown');
  });

  test('a rule may settle that nothing is applied', () => {
    const excluded = { in: [fact('t'), { list: [{ text: 'milk' }] }] };
    const bar = ruleJson({ id: 'bar', when: excluded, then: { outcome: 'not-applied' } });
    const all = compiled(bar, good);
    expect(decide(all, { t: textValue('milk') }, day)).toMatchObject({
      outcome: 'not-applied',
      rule: { id: 'bar' },
    });
    expect(decide(all, { t: textValue('tea') }, day).rule?.id).toBe('good');
  });

  test('a business without rules is not applied', () => {
    const decision = decide(compileRules(mainSet, 'nobody'), {}, day);
    expect([decision.outcome, decision.rule, decision.trace]).toEqual(['not-applied', null, []]);
  });

  test('a rule may give the bool false as its value', () => {
    expect(valueOf({ bool: false })).toBe('applied false');
  });
});

describe('facts on demand', () => {
  const asksFor = (rules: readonly Json[], facts: Record<string, Value>): readonly string[] => {
    const asked: string[] = [];
    const give = (name: string): Value | undefined => {
      asked.push(name);
      return facts[name];
    };
    expect(decideNow(compiled(...rules), give, day).factsRead).toEqual(asked);
    return asked;
  };
  const isTea = { eq: [fact('t'), { text: 'tea' }] };

  test('a fact is asked for once, however often it stands in the rules', () => {
    const rule = ruleJson({ when: { and: [fact('b'), fact('b'), { not: { not: fact('b') } }] } });
    expect(asksFor([rule, { ...rule, id: 'again' }], { b: boolValue(false) })).toEqual(['b']);
  });

  test('what stands behind a settled part is not asked for', () => {
    const rule = ruleJson({ when: { and: [fact('b'), isTea] } });
    expect(asksFor([rule], { b: boolValue(false) })).toEqual(['b']);
    expect(asksFor([rule], { b: boolValue(true) })).toEqual(['b', 't']);
  });

  test('what stands before a part that is settled already is not asked for either', () => {
    const first = ruleJson({ id: 'first', when: fact('b') });
    const second = ruleJson({ when: { and: [isTea, fact('b')] } });
    expect(asksFor([first, second], { b: boolValue(false) })).toEqual(['b']);
  });

  test('only the branch that is taken is asked for', () => {
    const value = { if: { when: fact('b'), then: fact('m.usd'), else: fact('m.open') } };
    const facts = { b: boolValue(true), 'm.usd': dollars(1n), 'm.open': dollars(2n) };
    expect(asksFor([then(value)], facts)).toEqual(['b', 'm.usd']);
  });

  test('an operation that is unknown for sure asks for no other part', () => {
    const first = ruleJson({ id: 'first', when: { gt: [fact('n'), { integer: '0' }] } });
    const second = ruleJson({ when: { gt: [{ add: [{ integer: '1' }, fact('n')] }, fact('n')] } });
    expect(asksFor([first, second], {})).toEqual(['n']);
    const third = ruleJson({
      when: { eq: [{ add: [fact('m.open'), fact('m.usd')] }, usd('1.00')] },
    });
    const reader = ruleJson({ id: 'reader', when: { eq: [fact('m.usd'), usd('0.00')] } });
    expect(asksFor([reader, third], { 'm.open': dollars(1n) })).toEqual(['m.usd']);
  });

  test('the value is asked for only when the condition holds', () => {
    const rule = ruleJson({ when: fact('b'), then: { outcome: 'applied', value: fact('m.usd') } });
    expect(asksFor([rule], { b: boolValue(false) })).toEqual(['b']);
    expect(asksFor([rule], { b: boolValue(true) })).toEqual(['b', 'm.usd']);
  });
});
