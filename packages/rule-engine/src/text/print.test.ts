import { expectAnswer } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { condition, rules } from '../../test/arbitraries.ts';
import { allFacts, goodSet, ruleJson, setJson } from '../../test/support.ts';
import { expressionToJson, parseRuleSet, ruleSetToJson, type RuleSet } from '../index.ts';
import {
  formatRuleSetText,
  parseExpressionText,
  parseRuleSetText,
  printExpression,
  printRuleSet,
} from './index.ts';

const many = { numRuns: 100 };
const { facts } = goodSet(setJson([]));

function read(text: string): RuleSet {
  return expectAnswer(parseRuleSetText(text));
}

describe('for any rules', () => {
  test('reading what was printed gives the same tree', () => {
    fc.assert(
      fc.property(rules, (json) => {
        const set = goodSet(setJson(json));
        expect(read(printRuleSet(set))).toEqual(set);
      }),
      many,
    );
  });

  test('an expression survives being printed at any indent', () => {
    fc.assert(
      fc.property(condition, fc.nat(90), (json, indent) => {
        const { when } = goodSet(setJson([ruleJson({ when: json })])).rules[0]!;
        const text = printExpression(when, indent);
        expect(expressionToJson(expectAnswer(parseExpressionText(text, facts)))).toEqual(
          expressionToJson(when),
        );
      }),
      many,
    );
  });

  test('any text literal survives', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        fc.pre(text.isWellFormed());
        const set = goodSet(setJson([ruleJson({ when: { eq: [{ fact: 't' }, { text }] } })]));
        expect(read(printRuleSet(set))).toEqual(set);
      }),
      many,
    );
  });

  test('the stored form of a set reads back as the same set', () => {
    fc.assert(
      fc.property(rules, (json) => {
        const set = goodSet(setJson(json));
        expect(expectAnswer(parseRuleSet(ruleSetToJson(set)))).toEqual(set);
      }),
      many,
    );
  });

  test('formatting twice is formatting once, and changes no rule', () => {
    fc.assert(
      fc.property(rules, (json) => {
        const text = printRuleSet(goodSet(setJson(json)));
        const squeezed = text.replaceAll(/\n */g, ' ');
        const formatted = expectAnswer(formatRuleSetText(squeezed));
        expect(formatted).toBe(text);
        expect(expectAnswer(formatRuleSetText(formatted))).toBe(formatted);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a fact that begins with a word of CEL', () => {
  test.each(['in', 'if.x', 'x.in', 'true', 'a.package', '__proto__x'])('%s survives', (name) => {
    const declared = Object.fromEntries([[name, 'bool']]);
    const set = goodSet(setJson([ruleJson({ when: { fact: name } })], { facts: declared }));
    expect(read(printRuleSet(set))).toEqual(set);
  });
});

describe('a locked, dated, described and a disabling rule', () => {
  test('survive', () => {
    const dates = { effectiveFrom: '2017-01-01', effectiveTo: '2018-01-01' };
    const set = goodSet(
      setJson(
        [
          ruleJson({ lock: true, describe: 'Says "so".', ...dates }),
          { id: 'x', version: 1, business: 'b', disable: true, ...dates },
          ruleJson({ id: 'n', then: { outcome: 'not-applied' } }),
        ],
        { scope: { level: 'device', id: 'till 1' }, facts: allFacts },
      ),
    );
    expect(read(printRuleSet(set))).toEqual(set);
  });
});

describe('format', () => {
  const untidy = `// head
{ version: 1, // of the set
  id: "s", scope: {level: "base"},
  facts: { b: bool, n: integer /* no */ },
  rules: [] }`;

  test('refuses what is no rule set', () => {
    expect(formatRuleSetText(untidy)).toMatchObject({ code: 'RULE_TEXT_INVALID' });
  });

  test('keeps comments, orders entries and breaks long lines', () => {
    const text = `// head
{ version: 1, // of the set
  id: "s", scope: {level: "base"},
  // the facts
  facts: { b: bool, n: integer },
  rules: [
    // first
    { id: "r", when: n in [100001, 100002, 100003, 100004, 100005] && b && // here
      (n > 100000 || n == 0) && !(n == 100002 || n == 100003), then: n, // and there
      business: "b", version: 1 },
    // last
  ], // over
}`;
    const formatted = `// head
{
  id: "s",
  // of the set
  version: 1,
  scope: { level: "base" },
  // the facts
  facts: {
    b: bool,
    n: integer,
  },
  rules: [
    // first
    {
      id: "r",
      version: 1,
      business: "b",
      // here
      when: n in [100001, 100002, 100003, 100004, 100005]
        && b
        && (n > 100000 || n == 0)
        && !(n == 100002 || n == 100003),
      // and there
      then: n,
    },
  ],
  // last
  // over
}
`;
    const once = expectAnswer(formatRuleSetText(text));
    expect(once).toBe(formatted);
    expect(expectAnswer(formatRuleSetText(once))).toBe(once);
  });
});
