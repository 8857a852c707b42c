import type { Expression } from '../language/expression.ts';
import type { Rule } from '../language/rule-set.ts';
import { compileExpression, type Evaluate, type SlotOf } from './compile-expression.ts';
import type { Judged } from './judge.ts';
import type { Outcome } from './unknown.ts';

/** What each visited node gave. */
export type Outcomes = Map<Expression, Outcome>;

/** A rule compiled so that it notes what each visited node gives. */
export function recorded(rule: Rule, slotOf: SlotOf, outcomes: Outcomes): Judged {
  const note = (node: Expression, evaluate: Evaluate): Evaluate => {
    return (run) => {
      const outcome = evaluate(run);
      outcomes.set(node, outcome);
      return outcome;
    };
  };
  const { when, then } = rule;
  return {
    when: compileExpression(when, slotOf, note),
    value: then.outcome === 'applied' ? compileExpression(then.value, slotOf, note) : null,
  };
}
