import type { Expression, FactReference, Operation, Operator } from '../language/expression.ts';
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
import { typedFact, type Facts } from './run.ts';
import { isValue, type Outcome, type Unknown } from './unknown.ts';

/** What each visited node gave. */
export type Outcomes = Map<Expression, Outcome>;

/**
 * What an expression gives, as far as its facts are there: a part is only visited while the answer
 * hangs on it. For conditions `ask` is the quick way to the same answer.
 */
export function evaluate(node: Expression, facts: Facts, outcomes?: Outcomes): Outcome {
  const outcome = outcomeOf(node, facts, outcomes);
  outcomes?.set(node, outcome);
  return outcome;
}

function outcomeOf(node: Expression, facts: Facts, outcomes: Outcomes | undefined): Outcome {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'fact') return readFact(node, facts);
  if (node.op === 'and') return logic(node, FALSE, TRUE, facts, outcomes);
  if (node.op === 'or') return logic(node, TRUE, FALSE, facts, outcomes);
  return node.op === 'if' ? choice(node, facts, outcomes) : strict(node, facts, outcomes);
}

function readFact({ name, type }: FactReference, { slots, slotOf }: Facts): Outcome {
  const slot = slotOf(name);
  const given = slots[slot];
  return given === undefined ? { kind: 'pending', fact: name, slot } : typedFact(given, name, type);
}

/**
 * Kleene's and, or: a `decisive` part settles it whatever the others are, be they unknown or
 * pending. So a fact is never asked for while another part, known already, settles the matter.
 */
function logic(
  { args }: Operation,
  decisive: Value,
  neutral: Value,
  facts: Facts,
  outcomes: Outcomes | undefined,
): Outcome {
  let outcome: Outcome = neutral;
  for (const arg of args) {
    const part = evaluate(arg, facts, outcomes);
    if (part === decisive) return decisive;
    if (part !== neutral) outcome = weightier(outcome, part);
  }
  return outcome;
}

/** The first pending part before the first unknown one: what is pending may still settle it. */
function weightier(outcome: Outcome, part: Outcome): Outcome {
  if (isValue(outcome)) return part;
  return part.kind === 'pending' && outcome.kind === 'unknown' ? part : outcome;
}

function choice({ args }: Operation, facts: Facts, outcomes: Outcomes | undefined): Outcome {
  const condition = evaluate(argument(args, 0), facts, outcomes);
  if (!isValue(condition)) return condition;
  return evaluate(argument(args, condition === TRUE ? 1 : 2), facts, outcomes);
}

/** The argument that the type check made sure of. */
function argument(args: readonly Expression[], index: number): Expression {
  const found = args[index];
  if (found === undefined) throw new TypeError(`argument ${index} was let through the type check`);
  return found;
}

/**
 * An operation that needs all its arguments, from the left: one unknown argument makes it unknown,
 * whatever those are that are still pending.
 */
function strict(node: Operation, facts: Facts, outcomes: Outcomes | undefined): Outcome {
  const { args } = node;
  let total = evaluate(argument(args, 0), facts, outcomes);
  for (let index = 1; index < args.length && total.kind !== 'unknown'; index += 1) {
    const part = evaluate(argument(args, index), facts, outcomes);
    if (part.kind === 'unknown') return part;
    if (total.kind === 'pending') continue;
    total = part.kind === 'pending' ? part : combine(node, total, part);
  }
  return isValue(total) && args.length === 1 ? alone(node, total) : total;
}

/** The operations of one argument. */
function alone({ op, bucketing }: Operation, value: Value): Value {
  if (op === 'not') return boolValue(value === FALSE);
  if (bucketing === null) throw new TypeError(`a lone argument of ${op} was let through`);
  return isReached(bucketing, value);
}

function combine({ op, rounding }: Operation, left: Value, right: Value): Value | Unknown {
  if (rounding !== null) return multiplyBy(rounding)(left, right);
  const known = combines[op];
  if (known === undefined) throw new TypeError(`two arguments of ${op} were let through`);
  return known(left, right);
}

function comparison(holds: (ordered: number) => boolean): Combine {
  return (left, right) => {
    const ordered = order(left, right);
    return typeof ordered === 'number' ? boolValue(holds(ordered)) : ordered;
  };
}

const membership: Combine = (item, list) => {
  let outcome: Value | Unknown = FALSE;
  for (const candidate of list.kind === 'list' ? list.items : []) {
    const ordered = order(item, candidate);
    if (ordered === 0) return TRUE;
    if (typeof ordered !== 'number') outcome = ordered;
  }
  return outcome;
};

const combines: Partial<Readonly<Record<Operator, Combine>>> = {
  eq: comparison((ordered) => ordered === 0),
  ne: comparison((ordered) => ordered !== 0),
  lt: comparison((ordered) => ordered < 0),
  le: comparison((ordered) => ordered <= 0),
  gt: comparison((ordered) => ordered > 0),
  ge: comparison((ordered) => ordered >= 0),
  in: membership,
  add: addValues,
  subtract: subtractValues,
  min: smaller,
  max: larger,
};
