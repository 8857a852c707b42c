import type { Expression, FactReference, Operation, Operator } from '../language/expression.ts';
import type { Value } from '../language/value.ts';
import type { SlotOf } from './run.ts';

/** What a fact is compared as: a text, or the whole number behind an integer or money. */
export type Plain = string | bigint;

/**
 * A condition is a graph of questions, each to one fact: whether it holds says which is next, and
 * at the end whether the condition holds. `and`, `or`, `not` and `if` are nothing but where an
 * answer leads, so no part that was settled is looked at again.
 *
 * Questions are data of one shape, not closures: one loop asks those of all rules, so that V8 knows
 * what it calls and reads, however many rules are loaded.
 */
export interface Question {
  /** What the fact must be, else it is asked the general way; `any` is always asked that way. */
  readonly about: 'text' | 'integer' | 'money' | 'bool' | 'any';
  readonly relation: 'is' | 'below' | 'at-most' | 'among';
  readonly slot: number;
  /** What the fact is held against; of `any` the expression. */
  readonly operand: Plain | ReadonlySet<Plain> | Expression | null;
  /** Of money. */
  readonly currency: string | null;
  readonly yes: Next;
  readonly no: Next;
  /** The one that is written after it in the condition, whether or not an answer leads there. */
  readonly later: Question | null;
}

/** The next question, or whether the condition holds. */
export type Next = Question | boolean;

/** Turns a checked condition into questions; gives the first. */
export function questionsOf(condition: Expression, slotOf: SlotOf): Next {
  return new Questions(slotOf).lead(condition, true, false);
}

/** Makes questions from the last to the first: an answer leads to what is there already. */
class Questions {
  readonly #slotOf: SlotOf;
  #later: Question | null = null;

  constructor(slotOf: SlotOf) {
    this.#slotOf = slotOf;
  }

  lead(node: Expression, yes: Next, no: Next): Next {
    if (node.kind === 'operation') return this.#leadOperation(node, yes, no);
    if (node.kind === 'literal') return this.#add(general(node), yes, no);
    return this.#add({ ...general(node), about: 'bool', slot: this.#slotOf(node.name) }, yes, no);
  }

  #leadOperation(node: Operation, yes: Next, no: Next): Next {
    const { op, args } = node;
    if (op === 'and') return args.reduceRight((next, arg) => this.lead(arg, next, no), yes);
    if (op === 'or') return args.reduceRight((next, arg) => this.lead(arg, yes, next), no);
    const [first = node, second = node, third = node] = args;
    if (op === 'not') return this.lead(first, no, yes);
    if (op === 'if') {
      const otherwise = this.lead(third, yes, no);
      return this.lead(first, this.lead(second, yes, no), otherwise);
    }
    const compared = comparisonOf(node, this.#slotOf);
    if (compared === null) return this.#add(general(node), yes, no);
    const { isDenied, ...asked } = compared;
    return isDenied ? this.#add(asked, no, yes) : this.#add(asked, yes, no);
  }

  #add({ about, relation, slot, operand, currency }: Asked, yes: Next, no: Next): Question {
    const later = this.#later;
    const question: Question = { about, relation, slot, operand, currency, yes, no, later };
    this.#later = question;
    return question;
  }
}

type Asked = Omit<Question, 'yes' | 'no' | 'later'>;

function general(operand: Expression): Asked {
  return { about: 'any', relation: 'is', slot: 0, operand, currency: null };
}

type Relation = Pick<Question, 'relation'> & { readonly isDenied: boolean };

/** At least is not below: three relations do for six. */
const relations: Partial<Readonly<Record<Operator, Relation>>> = {
  eq: { relation: 'is', isDenied: false },
  ne: { relation: 'is', isDenied: true },
  lt: { relation: 'below', isDenied: false },
  ge: { relation: 'below', isDenied: true },
  le: { relation: 'at-most', isDenied: false },
  gt: { relation: 'at-most', isDenied: true },
  in: { relation: 'among', isDenied: false },
};

/** The operator that says the same with the literal on the right. */
const mirrored: Partial<Readonly<Record<Operator, Operator>>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  le: 'ge',
  gt: 'lt',
  ge: 'le',
};

/** A fact against a literal, which most conditions consist of; null for anything else. */
function comparisonOf(node: Operation, slotOf: SlotOf): (Asked & Relation) | null {
  const [left, right] = node.args;
  const isMirrored = left?.kind === 'literal';
  const [fact, literal] = isMirrored ? [right, left] : [left, right];
  const op = isMirrored ? mirrored[node.op] : node.op;
  const relation = op === undefined ? undefined : relations[op];
  if (relation === undefined || fact?.kind !== 'fact' || literal?.kind !== 'literal') return null;
  const { kind } = fact.type;
  if (kind !== 'text' && kind !== 'integer' && kind !== 'money') return null;
  const operand = operandOf(fact, literal.value);
  if (operand === null) return null;
  const currency = fact.type.kind === 'money' ? fact.type.currency : null;
  return {
    ...relation,
    about: kind,
    slot: slotOf(fact.name),
    operand,
    currency: currency === null ? null : interned(currency),
  };
}

function operandOf(fact: FactReference, value: Value): Plain | ReadonlySet<Plain> | null {
  if (value.kind !== 'list') return plainOf(fact, value);
  const items = value.items.map((item) => plainOf(fact, item));
  const plain = items.filter((item) => item !== null);
  return plain.length < items.length ? null : new Set(plain);
}

function plainOf({ type }: FactReference, value: Value): Plain | null {
  if (value.kind === 'text') return interned(value.text);
  if (value.kind === 'integer') return value.integer;
  if (value.kind !== 'money' || type.kind !== 'money') return null;
  return value.money.currency === type.currency ? value.money.minor : null;
}

/** The same text as V8 keeps names: two of these are compared by where they are, not by letters. */
function interned(text: string): string {
  return Object.keys({ [text]: null })[0] ?? text;
}
