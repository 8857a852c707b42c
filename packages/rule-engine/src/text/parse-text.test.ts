import { isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { allFacts, goodSet, setJson, type Json } from '../../test/support.ts';
import { expressionToJson, ruleSetToJson } from '../index.ts';
import { parseExpressionText, parseRuleSetText } from './index.ts';

const { facts } = goodSet(setJson([], { facts: { ...allFacts, 'a.in': 'bool' } }));

function stored(text: string): unknown {
  const parsed = parseExpressionText(text, facts);
  return isRefusal(parsed) ? parsed.details['faults'] : expressionToJson(parsed);
}

function faultsOf(text: string): unknown {
  const parsed = parseRuleSetText(text);
  return isRefusal(parsed) ? parsed.details['faults'] : [];
}

const n = { fact: 'n' };
const one = { integer: '1' };
const usd = (amount: string): Json => ({ money: { amount, currency: 'USD' } });

describe('an expression', () => {
  test.each<[string, Json]>([
    ['true', { bool: true }],
    ['"a\\u00e9\\n"', { text: 'aé\n' }],
    ["'single'", { text: 'single' }],
    ['12', { integer: '12' }],
    ['-12', { integer: '-12' }],
    ['123456789012345678', { integer: '123456789012345678' }],
    ['0.10', { decimal: '0.1' }],
    ['-0.123456789012345678', { decimal: '-0.123456789012345678' }],
    ['money("1.00", "USD")', usd('1.00')],
    ['m.usd', { fact: 'm.usd' }],
    ['fact("a.in")', { fact: 'a.in' }],
    ['b && b && !b', { and: [{ fact: 'b' }, { fact: 'b' }, { not: { fact: 'b' } }] }],
    ['b && (b && b)', { and: [{ fact: 'b' }, { and: [{ fact: 'b' }, { fact: 'b' }] }] }],
    ['and(b)', { and: [{ fact: 'b' }] }],
    ['or(b, b) || b', { or: [{ or: [{ fact: 'b' }, { fact: 'b' }] }, { fact: 'b' }] }],
    ['n == 1', { eq: [n, one] }],
    ['n != 1', { ne: [n, one] }],
    ['n < 1', { lt: [n, one] }],
    ['n <= 1', { le: [n, one] }],
    ['n > 1', { gt: [n, one] }],
    ['n >= 1', { ge: [n, one] }],
    ['n in [1, -1]', { in: [n, { list: [one, { integer: '-1' }] }] }],
    ['t in tags', { in: [{ fact: 't' }, { fact: 'tags' }] }],
    ['n + n + 1', { add: [n, n, one] }],
    ['n + (n + 1)', { add: [n, { add: [n, one] }] }],
    ['n - n - 1', { subtract: [{ subtract: [n, n] }, one] }],
    ['n + n - 1', { subtract: [{ add: [n, n] }, one] }],
    ['min(n, 1)', { min: [n, one] }],
    ['max(n, 1, n)', { max: [n, one, n] }],
    ['b ? n : 1', { if: { when: { fact: 'b' }, then: n, else: one } }],
    [
      'multiply(m.usd, 0.5, "half-up", "currency", "line")',
      {
        multiply: {
          value: { fact: 'm.usd' },
          by: { decimal: '0.5' },
          rounding: { mode: 'half-up', scale: 'currency', stage: 'line' },
        },
      },
    ],
    [
      'rollout(t, "murmur3-32-100000", "spring", 0, 25000)',
      {
        rollout: {
          unit: { fact: 't' },
          algorithm: 'murmur3-32-100000',
          salt: 'spring',
          from: 0,
          to: 25_000,
        },
      },
    ],
  ])('%s is read', (text, json) => {
    expect(stored(text)).toEqual(json);
  });

  test.each([
    ['n ==', 'line 1, column 5: unexpected token: EOF'],
    ['n == "a"', 'line 1, column 6: expected integer, found text'],
    ['n &&\n  b', 'line 1, column 1: expected bool, found integer'],
    ['b &&\n  x.y == 1', 'line 2, column 3: "x.y" is not declared in facts (.and[1].eq[0].fact)'],
    ['m.usd * 2', 'line 1, column 1: write multiply(value, by, mode, scale, stage): a product'],
    ['n / 2', 'line 1, column 1: "/" is not part of the language: it is not exact'],
    ['n == 0x10', 'line 1, column 6: "0x10" is not part of the language'],
    ['r == 1e3', 'line 1, column 6: "1e3" is not part of the language'],
    ['n == null', 'line 1, column 6: "null" is not part of the language'],
    ['n == 1u', 'line 1, column 6: "1u" is not part of the language'],
    ['n == -n', 'line 1, column 6: write 0 - x: a minus sign stands before a number only'],
    ['tags[0] == "a"', 'line 1, column 1: "[]" is not part of the language'],
    ['tags.size() == 1', 'line 1, column 1: methods are not part of the language'],
    ['tags.all(x, x == "a")', 'line 1, column 1: methods are not part of the language'],
    ['size(tags) == 1', 'line 1, column 1: unknown function "size": use min, max, and, or, add'],
    ['m.usd == money("1.00")', 'line 1, column 10: expected money("1.00", "USD")'],
    ['m.usd == money(1, "USD")', 'line 1, column 10: expected amount and currency as text'],
    ['m.usd == money("1.00", "CNY")', 'line 1, column 10: expected money USD, found money CNY'],
    ['t == "\\ud800"', 'line 1, column 7: invalid Unicode surrogate'],
    ['t in []', 'line 1, column 6: expected a list of 1 to 10000 values'],
    ['n in [1, "a"]', 'line 1, column 10: expected integer, found text'],
    ['multiply(m.usd, 0.5)', 'line 1, column 1: expected multiply(value, by, "half-up"'],
    [
      'multiply(m.usd, 0.5, "up", 3, "line")',
      'line 1, column 1: finer than the currency: use "currency"',
    ],
    ['rollout(t, "md5", "x", 0, 1)', 'line 1, column 1: expected murmur3-32-100000, found "md5"'],
    [
      'rollout(n, "murmur3-32-100000", "x", 0, 1)',
      'line 1, column 9: expected text, found integer',
    ],
    ['if', 'line 1, column 1: reserved identifier: if'],
    [`${'!'.repeat(80)}b`, 'line 1, column 65: nested deeper than 64'],
    [`${'('.repeat(2_000)}b${')'.repeat(2_000)}`, 'exceeded maxDepth (256)'],
    [`n == ${'1 - '.repeat(30_000)}1`, 'nested deeper than 64'],
    [`b${' && b'.repeat(3_000)}`, 'more than 2000 nodes in a rule'],
  ])('%.60s is refused with its place', (text, fault) => {
    expect(stored(text)).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
  });
});

const good = `
// The rules of a test.
{
  id: "s", version: 1, scope: { level: 'user', id: 'ann' },
  facts: { coupon.value: money("USD"), n: integer, tags: list(text), "a.in": bool, m: money },
  rules: [
    {
      id: "r", version: 2, business: "b", describe: "A // rule.", effectiveFrom: "2017-01-01",
      effectiveTo: "2018-01-01", lock: true,
      when: n > 0 && !fact("a.in"),
      then: coupon.value,
    },
    { id: "bar", version: 1, business: "b", when: n == 0, then: notApplied() },
    { id: "x", version: 1, business: "b", disable: true },
  ],
}`;

describe('a rule set', () => {
  test('is read into the stored form', () => {
    const parsed = parseRuleSetText(good);
    expect(isRefusal(parsed) ? parsed : ruleSetToJson(parsed)).toEqual({
      id: 's',
      version: 1,
      scope: { level: 'user', id: 'ann' },
      facts: {
        'coupon.value': { money: 'USD' },
        n: 'integer',
        tags: { list: 'text' },
        'a.in': 'bool',
        m: 'money',
      },
      rules: [
        {
          id: 'r',
          version: 2,
          business: 'b',
          describe: 'A // rule.',
          effectiveFrom: '2017-01-01',
          effectiveTo: '2018-01-01',
          lock: true,
          when: {
            and: [{ gt: [{ fact: 'n' }, { integer: '0' }] }, { not: { fact: 'a.in' } }],
          },
          then: { outcome: 'applied', value: { fact: 'coupon.value' } },
        },
        {
          id: 'bar',
          version: 1,
          business: 'b',
          when: { eq: [{ fact: 'n' }, { integer: '0' }] },
          then: { outcome: 'not-applied' },
        },
        { id: 'x', version: 1, business: 'b', disable: true },
      ],
    });
  });

  test.each([
    ['n == 0, then', 'm == 0, then', 'line 13, column 56: expected money, found integer'],
    ['when: n > 0 &&', 'when: n > 0.5 &&', 'line 10, column 17: expected integer, found decimal'],
    ['version: 2', 'version: 0', 'line 8, column 25: expected a whole number from 1, found 0'],
    ['version: 2', 'version: n', 'line 8, column 25: expected a text or a number'],
    ['id: "bar", ', '', 'line 13, column 5: missing (rules[1].id)'],
    ['lock: true', 'locked: true', 'line 7, column 5: unknown key "locked"'],
    ['m: money', 'm: cash', 'line 5, column 87: expected bool, text, integer'],
    ['list(text)', 'list(text, text)', 'line 5, column 58: expected bool, text, integer'],
    ['money("USD")', 'money("XXY")', 'line 5, column 26: "XXY" is not a currency'],
    ["level: 'user'", "level: 'till'", 'line 4, column 40: expected base, institution'],
    ['disable: true', 'disable: false', 'line 14, column 52: expected true, or no such key'],
    ['notApplied()', 'notApplied(1)', 'line 13, column 65: expected notApplied()'],
    ['id: "r", ', 'id: "r", id: "q", ', 'line 8, column 16: "id" stands here twice'],
    ['rules: [', 'rules: 3, other: [', 'line 6, column 10: expected a list of rules'],
    ['describe:', 'describe', 'line 8, column 52: expected COLON, got STRING'],
  ])('with %s as %s is refused with its place', (from, to, fault) => {
    expect(good).toContain(from);
    const faults = faultsOf(good.replace(from, to));
    expect(faults).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
  });

  test.each(['', '[]', '1', '{', '{}', 'x'])('%s is no rule set', (text) => {
    expect(faultsOf(text)).not.toEqual([]);
  });
});
