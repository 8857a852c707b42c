import { describe, expect, test } from 'vitest';
import { fact, faultsOf, ruleJson, setJson, usd, type Json } from '../../test/support.ts';

const when = (condition: unknown): Json => setJson([ruleJson({ when: condition })]);
const value = (expression: unknown): Json =>
  setJson([ruleJson({ then: { outcome: 'applied', value: expression } })]);
const rounding = { mode: 'half-even', scale: 'currency', stage: 'line' };
const yuan = { money: { amount: '1.00', currency: 'CNY' } };

describe('types', () => {
  test.each<[string, unknown, string]>([
    [
      'money and a decimal do not compare',
      { lt: [fact('m.usd'), { decimal: '1.00' }] },
      'rules[0].when.lt[1]: expected money USD, found decimal',
    ],
    [
      'a whole number is not a decimal',
      { eq: [fact('n'), { decimal: '1' }] },
      'rules[0].when.eq[1]: expected integer, found decimal',
    ],
    [
      'two currencies do not compare',
      { and: [{ bool: true }, { ge: [fact('m.usd'), yuan] }] },
      'rules[0].when.and[1].ge[1]: expected money USD, found money CNY',
    ],
    [
      'an open currency does not hide that two others meet',
      { eq: [{ min: [fact('m.open'), yuan, usd('1.00')] }, yuan] },
      'rules[0].when.eq[0].min[2]: expected money CNY, found money USD',
    ],
    [
      'texts have no order',
      { lt: [fact('t'), { text: 'a' }] },
      'rules[0].when.lt[0]: expected money or integer or decimal, found text',
    ],
    ['a condition is a bool', fact('n'), 'rules[0].when: expected bool, found integer'],
    ['not takes a bool', { not: fact('t') }, 'rules[0].when.not: expected bool, found text'],
    [
      'in takes a list',
      { in: [fact('t'), { text: 'a' }] },
      'rules[0].when.in[1]: expected list of text, found text',
    ],
    [
      'in takes a list of the same type',
      { in: [fact('n'), fact('tags')] },
      'rules[0].when.in[1]: expected list of integer, found list of text',
    ],
    [
      'the items of a list have one type',
      { in: [fact('t'), { list: [{ text: 'a' }, { integer: '1' }] }] },
      'rules[0].when.in[1].list[1]: expected text, found integer',
    ],
    [
      'an if asks a bool',
      { if: { when: fact('n'), then: { bool: true }, else: { bool: false } } },
      'rules[0].when.if.when: expected bool, found integer',
    ],
    [
      'the branches of an if have one type',
      { if: { when: fact('b'), then: { bool: true }, else: fact('n') } },
      'rules[0].when.if.else: expected bool, found integer',
    ],
  ])('%s', (_title, condition, fault) => {
    expect(faultsOf(when(condition))).toContain(fault);
  });

  test.each<[string, unknown, string]>([
    [
      'money is multiplied, not a number',
      { multiply: { value: fact('n'), by: fact('r'), rounding } },
      'rules[0].then.value.multiply.value: expected money, found integer',
    ],
    [
      'money is not multiplied by money',
      { multiply: { value: fact('m.usd'), by: fact('m.usd'), rounding } },
      'rules[0].then.value.multiply.by: expected decimal or integer, found money USD',
    ],
    [
      'a product names its rounding',
      { multiply: { value: fact('m.usd'), by: fact('r') } },
      'rules[0].then.value.multiply.rounding: missing',
    ],
    [
      'the rounding is one that exists',
      { multiply: { value: fact('m.usd'), by: fact('r'), rounding: { ...rounding, mode: 'odd' } } },
      'rules[0].then.value.multiply.rounding.mode: ' +
        'expected half-even, half-up, half-down, up, down, ceiling, floor, found "odd"',
    ],
    [
      'the rounding is not finer than the currency',
      { multiply: { value: fact('m.usd'), by: fact('r'), rounding: { ...rounding, scale: 3 } } },
      'rules[0].then.value.multiply.rounding.scale: finer than the currency: use "currency"',
    ],
    [
      'a sum has parts',
      { add: [usd('1.00')] },
      'rules[0].then.value.add: expected a list of at least 2 expressions, found 1',
    ],
    [
      'bools have no sum',
      { add: [fact('b'), fact('b')] },
      'rules[0].then.value.add[0]: expected money or integer or decimal, found bool',
    ],
  ])('%s', (_title, expression, fault) => {
    expect(faultsOf(value(expression))).toContain(fault);
  });

  test('money of an open currency meets any currency', () => {
    expect(faultsOf(when({ eq: [fact('m.open'), yuan] }))).toEqual([]);
    expect(faultsOf(when({ eq: [usd('1.00'), fact('m.open')] }))).toEqual([]);
  });

  test('an if of an open and a known currency stays open', () => {
    const mixed = { if: { when: fact('b'), then: fact('m.usd'), else: fact('m.open') } };
    expect(faultsOf(when({ eq: [mixed, yuan] }))).toEqual([]);
  });
});

describe('literals', () => {
  test.each([
    [
      { integer: 1 },
      'rules[0].when.integer: expected a whole number as text such as "12", found 1',
    ],
    [
      { integer: '-0' },
      'rules[0].when.integer: expected a whole number as text such as "12", found "-0"',
    ],
    [
      { integer: '1.0' },
      'rules[0].when.integer: expected a whole number as text such as "12", found "1.0"',
    ],
    [
      { decimal: 0.1 },
      'rules[0].when.decimal: expected a decimal as text such as "0.425", found 0.1',
    ],
    [
      { decimal: '1e3' },
      'rules[0].when.decimal: expected a decimal as text such as "0.425", found "1e3"',
    ],
    [
      { decimal: '-0.0' },
      'rules[0].when.decimal: expected a decimal as text such as "0.425", found "-0.0"',
    ],
    [{ bool: 'true' }, 'rules[0].when.bool: expected true or false, found "true"'],
    [{ text: null }, 'rules[0].when.text: expected a text of at most 1000 characters, found null'],
    [{ list: [] }, 'rules[0].when.list: expected a list of 1 to 10000 values'],
    [
      { list: [{ list: [{ bool: true }] }] },
      'rules[0].when.list[0]: expected one bool, text, integer, decimal or money',
    ],
    [usd('1.0'), 'rules[0].when.money: "1.0" is not an amount of USD: write it like 12.30'],
    [
      { money: { amount: '1.00', currency: 'XYZ' } },
      'rules[0].when.money: "XYZ" is not a currency: use an ISO 4217 code such as CNY',
    ],
    [
      { money: { amount: 1, currency: 'USD' } },
      'rules[0].when.money: expected amount and currency as text',
    ],
    [{ money: { amount: '1.00' } }, 'rules[0].when.money.currency: missing'],
  ])('%j is refused', (literal, fault) => {
    expect(faultsOf(when(literal))).toContain(fault);
  });
});
