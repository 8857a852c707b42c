import type { Expression } from '../language/expression.ts';
import { FALSE, TRUE, type Value } from '../language/value.ts';
import { evaluate } from './evaluate.ts';
import type { Next, Plain, Question } from './question.ts';
import type { Facts } from './run.ts';
import type { Pending } from './unknown.ts';

/**
 * Asks the questions of a condition: whether it holds, or which fact it hangs on. Null when that
 * takes a closer look, which is `evaluate`: at a fact that is unknown or not of its type, or where
 * one that is known already may spare another. Where this one has an answer, that one has the same.
 */
export function ask(first: Next, facts: Facts): Value | Pending | null {
  let next = first;
  while (typeof next !== 'boolean') {
    const holds = answer(next, facts);
    if (holds === null) return awaited(next, facts);
    next = holds ? next.yes : next.no;
  }
  return next ? TRUE : FALSE;
}

/** The condition waits for the first fact that is not there, if it is so for all after it. */
function awaited(question: Question, { slots, factNames }: Facts): Pending | null {
  let each: Question | null = question;
  for (; each !== null; each = each.later) {
    if (each.about === 'any' || slots[each.slot] !== undefined) return null;
  }
  const { slot } = question;
  const fact = factNames[slot];
  return fact === undefined ? null : { kind: 'pending', fact, slot };
}

function answer(question: Question, facts: Facts): boolean | null {
  const { about } = question;
  if (about === 'any') return evaluated(question, facts);
  const given = facts.slots[question.slot];
  if (given === undefined) return null;
  if (about === 'text') {
    if (given.kind !== 'text' || typeof given.text !== 'string') return null;
    return isOrAmong(question, given.text);
  }
  if (about === 'integer') {
    if (given.kind !== 'integer' || typeof given.integer !== 'bigint') return null;
    return compares(question, given.integer);
  }
  if (about === 'money') {
    if (given.kind !== 'money') return null;
    const { minor, currency } = given.money;
    if (currency !== question.currency || typeof minor !== 'bigint') return null;
    return compares(question, minor);
  }
  return given.kind === 'bool' && typeof given.bool === 'boolean' ? given.bool : null;
}

function evaluated({ operand }: Question, facts: Facts): boolean | null {
  const outcome = evaluate(operand as Expression, facts);
  if (outcome === TRUE) return true;
  return outcome === FALSE ? false : null;
}

function isOrAmong({ relation, operand }: Question, given: string): boolean {
  return relation === 'is' ? given === operand : (operand as ReadonlySet<Plain>).has(given);
}

/** Apart from texts, for V8 is quick where it only ever met whole numbers. */
function compares({ relation, operand }: Question, given: bigint): boolean {
  if (relation === 'below') return given < (operand as bigint);
  if (relation === 'at-most') return given <= (operand as bigint);
  return relation === 'is' ? given === operand : (operand as ReadonlySet<Plain>).has(given);
}
