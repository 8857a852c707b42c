import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { condition, facts, rules } from '../../test/arbitraries.ts';
import { day, goodSet, ruleJson, setJson } from '../../test/support.ts';
import { compileRules, decide, type Expression, type Value } from '../index.ts';
import { compileExpression } from './compile-expression.ts';
import { interpret, type Answer, type FactOf } from './interpret.ts';
import { startRun, supply, typedFact } from './run.ts';
import { unknown } from './unknown.ts';

const many = { numRuns: 300 };

function interpreting(given: Record<string, Value>): FactOf {
  return ({ name, type }) => {
    const value = given[name];
    return value === undefined
      ? unknown('FACT_MISSING', `${name} is missing`, name)
      : typedFact(value, name, type);
  };
}

function runCompiled(tree: Expression, given: Record<string, Value>): unknown {
  const names: string[] = [];
  const evaluate = compileExpression(tree, (name) => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  });
  const run = startRun();
  for (const [slot, fact] of names.entries()) supply(run, { fact, slot }, given[fact]);
  return evaluate(run);
}

describe('for any tree and any facts', () => {
  test('the compiled form gives what the interpreter gives, reasons of unknowns included', () => {
    fc.assert(
      fc.property(condition, facts, (json, given) => {
        const { when } = goodSet(setJson([ruleJson({ when: json })])).rules[0]!;
        expect(runCompiled(when, given)).toEqual(interpret(when, interpreting(given)));
      }),
      many,
    );
  });

  test('a decision is the first rule that the interpreter finds to hold', () => {
    fc.assert(
      fc.property(rules, facts, (json, given) => {
        const set = goodSet(setJson(json));
        const factOf = interpreting(given);
        const said = set.rules.map(({ id, when, then }): [string, Answer | null] => {
          const held = interpret(when, factOf);
          if (held.kind !== 'bool') return [id, held];
          if (!held.bool) return [id, null];
          return [id, then.outcome === 'applied' ? interpret(then.value, factOf) : held];
        });
        const decided = said.find(([, answer]) => answer !== null && answer.kind !== 'unknown');
        expect(decide(compileRules(set, 'b'), given, day).rule?.id).toBe(decided?.[0]);
      }),
      many,
    );
  });
});
