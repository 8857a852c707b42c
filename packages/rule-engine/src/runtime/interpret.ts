import type { Expression, FactReference, Operation } from '../language/expression.ts';
import { boolValue, FALSE, TRUE, type Value } from '../language/value.ts';
import {
  addValues,
  larger,
  multiplyBy,
  order,
  smaller,
  subtractValues,
  type Combine,
} from './arithmetic.ts';
import { isReached } from './bucket.ts';
import { isValue, type Unknown } from './unknown.ts';

/** What an expression gives when every fact is there or known to be missing. */
export type Answer = Value | Unknown;

/** Gives a fact, of the type that the rule expects, or why there is none. */
export type FactOf = (fact: FactReference) => Answer;

/**
 * The language as plainly as it can be said: no questions, no plan, no facts on demand. It is the
 * reference that the compiled form must agree with, and it answers what-if questions.
 */
export function interpret(node: Expression, factOf: FactOf): Answer {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'fact':
      return factOf(node);
    case 'operation':
      return operate(
        node,
        node.args.map((arg) => interpret(arg, factOf)),
      );
  }
}

function operate(node: Operation, answers: readonly Answer[]): Answer {
  switch (node.op) {
    case 'and':
      return logic(answers, FALSE, TRUE);
    case 'or':
      return logic(answers, TRUE, FALSE);
    case 'if': {
      const [when, then, otherwise] = answers;
      return some(when === TRUE ? then : when === FALSE ? otherwise : when);
    }
    case 'not':
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
    case 'in':
    case 'add':
    case 'subtract':
    case 'min':
    case 'max':
    case 'multiply':
    case 'rollout':
      return strict(node, answers);
  }
}

/** One decisive answer settles it; else the first unknown one does. */
function logic(answers: readonly Answer[], decisive: Value, neutral: Value): Answer {
  if (answers.includes(decisive)) return decisive;
  return answers.find((answer) => answer !== neutral) ?? neutral;
}

/** These need every argument, from the left. */
function strict(node: Operation, answers: readonly Answer[]): Answer {
  const [first, ...others] = answers.map(some);
  if (node.op === 'not') {
    const inner = some(first);
    return isValue(inner) ? boolValue(inner === FALSE) : inner;
  }
  if (node.op === 'rollout') {
    const unit = some(first);
    return isValue(unit) && node.bucketing !== null ? isReached(node.bucketing, unit) : unit;
  }
  const combine = combining(node);
  return others.reduce<Answer>((left, right) => {
    if (!isValue(left)) return left;
    return isValue(right) ? combine(left, right) : right;
  }, some(first));
}

function combining({ op, rounding }: Operation): Combine {
  if (op === 'add') return addValues;
  if (op === 'subtract') return subtractValues;
  if (op === 'min') return smaller;
  if (op === 'max') return larger;
  if (op === 'in') return membership;
  if (rounding !== null) return multiplyBy(rounding);
  return (left, right) => {
    const ordered = order(left, right);
    return typeof ordered === 'number' ? boolValue(holds(op, ordered)) : ordered;
  };
}

function holds(op: string, ordered: number): boolean {
  if (op === 'eq') return ordered === 0;
  if (op === 'ne') return ordered !== 0;
  if (op === 'lt') return ordered < 0;
  if (op === 'le') return ordered <= 0;
  return op === 'gt' ? ordered > 0 : ordered >= 0;
}

function membership(item: Value, list: Value): Answer {
  const orders = (list.kind === 'list' ? list.items : []).map((one) => order(item, one));
  if (orders.includes(0)) return TRUE;
  return orders.findLast((ordered) => typeof ordered !== 'number') ?? FALSE;
}

function some(answer: Answer | undefined): Answer {
  if (answer === undefined) throw new TypeError('an argument was let through the type check');
  return answer;
}
