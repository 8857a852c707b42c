import type { Expression, Operation, Operator } from '../language/expression.ts';
import { boolValue, FALSE, TRUE, type Value } from '../language/value.ts';
import type { ValueType } from '../language/value-type.ts';
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
import { typedFact, type FactSlots } from './run.ts';
import { fastComparison } from './fast-comparison.ts';
import { isValue, type Outcome, type Pending, type Unknown } from './unknown.ts';

/** A compiled expression: a closure over its compiled parts. */
export type Evaluate = (run: FactSlots) => Outcome;

/** Looks on while a tree is compiled; the trace wraps each node to note what it gave. */
export type Observe = (node: Expression, evaluate: Evaluate) => Evaluate;

/** The slot of a fact in a run. */
export type SlotOf = (name: string) => number;

/** Turns a checked tree into closures; no text is ever evaluated as code. */
export function compileExpression(node: Expression, slotOf: SlotOf, observe?: Observe): Evaluate {
  const seen: Observe = observe ?? ((_node, evaluate) => evaluate);
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return seen(node, () => value);
    }
    case 'fact':
      return seen(node, compileFact(node.name, node.type, slotOf(node.name)));
    case 'operation': {
      const general = (): Evaluate => {
        const args = node.args.map((arg) => compileExpression(arg, slotOf, observe));
        return compilers[node.op](args, node);
      };
      // Who looks on wants to see every part.
      const fast = observe === undefined ? fastComparison(node, slotOf, general) : null;
      return fast ?? seen(node, general());
    }
  }
}

function compileFact(name: string, type: ValueType, slot: number): Evaluate {
  const pending: Pending = { kind: 'pending', fact: name, slot };
  return (run) => {
    const given = run.slots[slot];
    return given === undefined ? pending : typedFact(given, name, type);
  };
}

type Compile = (args: readonly Evaluate[], node: Operation) => Evaluate;

/** The argument that the type check made sure of. */
function argument(args: readonly Evaluate[], index: number): Evaluate {
  const found = args[index];
  if (found === undefined) throw new TypeError(`argument ${index} was let through the type check`);
  return found;
}

/**
 * Kleene's and, or: a `decisive` part settles it whatever the others are, be they unknown or
 * pending. So a fact is never asked for while another part, known already, settles the matter.
 */
function logic(decisive: Value, neutral: Value): Compile {
  return (args) => (run) => {
    let outcome: Outcome = neutral;
    for (const arg of args) {
      const part = arg(run);
      if (part === decisive) return decisive;
      if (part !== neutral) outcome = weightier(outcome, part);
    }
    return outcome;
  };
}

/** The first pending part before the first unknown one: what is pending may still settle it. */
function weightier(outcome: Outcome, part: Outcome): Outcome {
  if (isValue(outcome)) return part;
  return part.kind === 'pending' && outcome.kind === 'unknown' ? part : outcome;
}

const negation: Compile = (args) => {
  const inner = argument(args, 0);
  return (run) => {
    const outcome = inner(run);
    if (outcome === TRUE) return FALSE;
    return outcome === FALSE ? TRUE : outcome;
  };
};

/**
 * An operation that needs all its arguments: one unknown argument makes it unknown, whatever those
 * are that are still pending.
 */
function pairwise(combine: Combine): Compile {
  return (args) => {
    const [leftOf, rightOf] = [argument(args, 0), argument(args, 1)];
    return (run) => {
      const left = leftOf(run);
      if (left.kind === 'unknown') return left;
      const right = rightOf(run);
      if (right.kind === 'unknown') return right;
      if (left.kind === 'pending') return left;
      return right.kind === 'pending' ? right : combine(left, right);
    };
  };
}

function fold(combine: Combine): Compile {
  const both = pairwise(combine);
  return (args, node) => {
    const [first = argument(args, 0), ...others] = args;
    return others.reduce((total, other) => both([total, other], node), first);
  };
}

function comparison(holds: (ordered: number) => boolean): Compile {
  return pairwise((left, right) => {
    const ordered = order(left, right);
    return typeof ordered === 'number' ? boolValue(holds(ordered)) : ordered;
  });
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

const multiplication: Compile = (args, node) => {
  const { rounding } = node;
  if (rounding === null) throw new TypeError('a multiply without rounding was let through');
  return pairwise(multiplyBy(rounding))(args, node);
};

const rollout: Compile = (args, { bucketing }) => {
  if (bucketing === null) throw new TypeError('a rollout without buckets was let through');
  const unitOf = argument(args, 0);
  return (run) => {
    const unit = unitOf(run);
    return isValue(unit) ? isReached(bucketing, unit) : unit;
  };
};

const choice: Compile = (args) => {
  const [when, then, otherwise] = [argument(args, 0), argument(args, 1), argument(args, 2)];
  return (run) => {
    const condition = when(run);
    if (condition === TRUE) return then(run);
    return condition === FALSE ? otherwise(run) : condition;
  };
};

const compilers: Readonly<Record<Operator, Compile>> = {
  and: logic(FALSE, TRUE),
  or: logic(TRUE, FALSE),
  not: negation,
  eq: comparison((ordered) => ordered === 0),
  ne: comparison((ordered) => ordered !== 0),
  lt: comparison((ordered) => ordered < 0),
  le: comparison((ordered) => ordered <= 0),
  gt: comparison((ordered) => ordered > 0),
  ge: comparison((ordered) => ordered >= 0),
  in: pairwise(membership),
  add: fold(addValues),
  subtract: pairwise(subtractValues),
  min: fold(smaller),
  max: fold(larger),
  multiply: multiplication,
  if: choice,
  rollout,
};
