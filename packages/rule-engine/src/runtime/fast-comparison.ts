import type { FactReference, Operation, Operator } from '../language/expression.ts';
import { FALSE, TRUE, type Value } from '../language/value.ts';
import type { Evaluate, SlotOf } from './compile-expression.ts';

/** What a fact is compared as: a text, or the whole number behind an integer or money. */
type Plain = string | bigint;

/** What is asked of the fact. Data, not a closure: a call that V8 cannot foresee costs more. */
interface Test {
  readonly op: Operator;
  readonly plain: Plain;
  /** Of `in`. */
  readonly all: ReadonlySet<Plain>;
}

function meets({ op, plain, all }: Test, given: Plain): boolean {
  if (op === 'in') return all.has(given);
  if (op === 'eq') return given === plain;
  if (op === 'lt') return given < plain;
  if (op === 'le') return given <= plain;
  if (op === 'gt') return given > plain;
  return op === 'ge' ? given >= plain : given !== plain;
}

/**
 * Compares a fact with a literal without the detour over values, which most conditions consist of.
 * Null where it does not apply. Whatever is not the plain case, such as a fact that is missing or
 * not of its type, goes the general way, so the answer is always the same; that way is made when it
 * is first gone.
 */
export function fastComparison(
  node: Operation,
  slotOf: SlotOf,
  makeGeneral: () => Evaluate,
): Evaluate | null {
  const [left, right] = node.args;
  const isMirrored = left?.kind === 'literal';
  const [fact, literal] = isMirrored ? [right, left] : [left, right];
  if (fact?.kind !== 'fact' || literal?.kind !== 'literal') return null;
  if (isMirrored && node.op !== 'eq' && node.op !== 'ne') return null;
  const test =
    node.op === 'in' ? membership(fact, literal.value) : comparison(node.op, fact, literal.value);
  if (test === null) return null;
  let general: Evaluate | undefined;
  return reading(fact, slotOf(fact.name), test, (run) => (general ??= makeGeneral())(run));
}

function reading(fact: FactReference, slot: number, test: Test, general: Evaluate): Evaluate {
  const { type } = fact;
  switch (type.kind) {
    case 'text':
      return (run) => {
        const given = run.slots[slot];
        if (given?.kind !== 'text' || typeof given.text !== 'string') return general(run);
        return meets(test, given.text) ? TRUE : FALSE;
      };
    case 'integer':
      return (run) => {
        const given = run.slots[slot];
        if (given?.kind !== 'integer' || typeof given.integer !== 'bigint') return general(run);
        return meets(test, given.integer) ? TRUE : FALSE;
      };
    case 'money': {
      const { currency } = type;
      return (run) => {
        const given = run.slots[slot];
        if (given?.kind !== 'money') return general(run);
        const { money } = given;
        if (money.currency !== currency || typeof money.minor !== 'bigint') return general(run);
        return meets(test, money.minor) ? TRUE : FALSE;
      };
    }
    case 'bool':
    case 'decimal':
    case 'list':
      return general;
  }
}

function plainOf({ type }: FactReference, value: Value): Plain | null {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'integer') return value.integer;
  if (value.kind !== 'money' || type.kind !== 'money') return null;
  return value.money.currency === type.currency ? value.money.minor : null;
}

function membership(fact: FactReference, list: Value): Test | null {
  const items = list.kind === 'list' ? list.items.map((item) => plainOf(fact, item)) : [null];
  const plain = items.filter((item) => item !== null);
  const [first] = plain;
  if (first === undefined || plain.length < items.length) return null;
  return { op: 'in', plain: first, all: new Set(plain) };
}

const comparisons: ReadonlySet<Operator> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge']);
const nothing: ReadonlySet<Plain> = new Set();

function comparison(op: Operator, fact: FactReference, value: Value): Test | null {
  const plain = plainOf(fact, value);
  return plain === null || !comparisons.has(op) ? null : { op, plain, all: nothing };
}
