import type { Expression } from '../language/expression.ts';
import type { Value } from '../language/value.ts';
import { compileExpression } from './compile-expression.ts';
import { unknown, type Unknown } from './unknown.ts';

/** One expression compiled alone, for callers that have its facts at hand and want no trace. */
export interface Condition {
  /** The facts it reads, in the order in which {@link Condition.evaluate} takes them. */
  readonly factNames: readonly string[];
  /** Its value, or why it has none; an undefined fact is missing. Keep the list to run it again. */
  readonly evaluate: (facts: readonly (Value | Unknown | undefined)[]) => Value | Unknown;
}

/** Compiles one checked expression, such as a rule's condition, to closures. */
export function compileCondition(expression: Expression): Condition {
  const factNames: string[] = [];
  const evaluate = compileExpression(expression, (name) => {
    if (!factNames.includes(name)) factNames.push(name);
    return factNames.indexOf(name);
  });
  return {
    factNames,
    evaluate: (facts) => {
      const outcome = evaluate({ slots: facts });
      if (outcome.kind !== 'pending') return outcome;
      return unknown('FACT_MISSING', `${outcome.fact} is missing`, outcome.fact);
    },
  };
}
