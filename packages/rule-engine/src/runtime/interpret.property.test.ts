import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { condition, facts, rules } from '../../test/arbitraries.ts';
import { interpreting } from '../../test/interpreted.ts';
import { day, goodSet, ruleJson, setJson } from '../../test/support.ts';
import { compileCondition, compileRules, decide, type Expression, type Value } from '../index.ts';
import { evaluate } from './evaluate.ts';
import { interpret, type Answer } from './interpret.ts';
import { startRun, supply } from './run.ts';
import type { Outcome } from './unknown.ts';

const many = { numRuns: 300 };

/** By questions, where they tell, and as a tree, which always does. */
function runBothWays(tree: Expression, given: Record<string, Value>): readonly Outcome[] {
  const { factNames, evaluate: run } = compileCondition(tree);
  const slotOf = (name: string): number => factNames.indexOf(name);
  const known = startRun({ slotOf, factNames });
  for (const fact of factNames) supply(known, { fact, slot: slotOf(fact) }, given[fact]);
  return [run(known.slots), evaluate(tree, known)];
}

describe('for any tree and any facts', () => {
  test('the compiled form gives what the interpreter gives, reasons of unknowns included', () => {
    fc.assert(
      fc.property(condition, facts, (json, given) => {
        const { when } = goodSet(setJson([ruleJson({ when: json })])).rules[0]!;
        const answer = interpret(when, interpreting(given));
        expect(runBothWays(when, given)).toEqual([answer, answer]);
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
