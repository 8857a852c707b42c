import type { Expression } from '../language/expression.ts';
import { factNamesOf } from '../language/fact-names.ts';
import type { Value } from '../language/value.ts';
import { ask } from './ask.ts';
import { evaluate } from './evaluate.ts';
import { questionsOf } from './question.ts';
import { unknown, type Unknown } from './unknown.ts';

/** One expression compiled alone, for callers that have its facts at hand and want no trace. */
export interface Condition {
  /** The facts it reads, in the order in which {@link Condition.evaluate} takes them. */
  readonly factNames: readonly string[];
  /** Its value, or why it has none; an undefined fact is missing. Keep the list to run it again. */
  readonly evaluate: (facts: readonly (Value | Unknown | undefined)[]) => Value | Unknown;
}

/** Compiles one checked expression, such as a rule's condition. */
export function compileCondition(expression: Expression): Condition {
  const factNames = [...new Set(factNamesOf(expression))];
  const slotOf = (name: string): number => factNames.indexOf(name);
  const first = expression.type.kind === 'bool' ? questionsOf(expression, slotOf) : null;
  return {
    factNames,
    evaluate: (slots) => {
      const facts = { slots, slotOf, factNames };
      const quick = first === null ? null : ask(first, facts);
      const outcome = quick ?? evaluate(expression, facts);
      if (outcome.kind !== 'pending') return outcome;
      return unknown('FACT_MISSING', `${outcome.fact} is missing`, outcome.fact);
    },
  };
}
