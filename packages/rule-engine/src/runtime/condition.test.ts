import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { condition, facts } from '../../test/arbitraries.ts';
import { day, goodSet, ruleJson, setJson } from '../../test/support.ts';
import { boolValue, compileCondition, compileRules, decide } from '../index.ts';

describe('a condition alone', () => {
  test('is true, false or unknown as in a rule', () => {
    fc.assert(
      fc.property(condition, facts, (when, given) => {
        const set = goodSet(setJson([ruleJson({ when })]));
        const alone = compileCondition(set.rules[0]!.when);
        const answer = alone.evaluate(alone.factNames.map((name) => given[name]));
        const { outcome } = decide(compileRules(set, 'b'), given, day);
        const expected = { applied: boolValue(true), 'not-applied': boolValue(false) };
        if (outcome === 'unknown') expect(answer.kind).toBe('unknown');
        else expect(answer).toEqual(expected[outcome]);
      }),
      { numRuns: 300 },
    );
  });

  test('says which fact is missing', () => {
    const set = goodSet(setJson([ruleJson({ when: { fact: 'b' } })]));
    const alone = compileCondition(set.rules[0]!.when);
    expect(alone.evaluate([])).toMatchObject({ code: 'FACT_MISSING', fact: 'b' });
  });
});
