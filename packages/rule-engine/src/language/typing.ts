import { exponentOf, type RoundingPolicy } from '@sluice/money';
import type { Operator } from './expression.ts';
import { BOOL, either, meet, typeName, type ValueType } from './value-type.ts';

/** Notes a type fault at one argument. */
export type Complain = (index: number, message: string) => void;

/** The types of the arguments; null where an argument has faults of its own. */
export type ArgumentTypes = readonly (ValueType | null)[];

type Kind = ValueType['kind'];
type Typing = (args: ArgumentTypes, complain: Complain) => ValueType | null;

const ordered: readonly Kind[] = ['money', 'integer', 'decimal'];
const comparable: readonly Kind[] = [...ordered, 'bool', 'text'];

function ofKinds(args: ArgumentTypes, kinds: readonly Kind[], complain: Complain): ArgumentTypes {
  return args.map((type, index) => {
    if (type === null || kinds.includes(type.kind)) return type;
    complain(index, `expected ${kinds.join(' or ')}, found ${typeName(type)}`);
    return null;
  });
}

function unify(
  args: ArgumentTypes,
  complain: Complain,
  join: (left: ValueType, right: ValueType) => ValueType | null = meet,
): ValueType | null {
  let common: ValueType | null = null;
  for (const [index, type] of args.entries()) {
    if (type === null) continue;
    if (common === null) {
      common = type;
      continue;
    }
    const joined = join(common, type);
    if (joined === null) {
      complain(index, `expected ${typeName(common)}, found ${typeName(type)}`);
    } else {
      common = joined;
    }
  }
  return common;
}

const logic: Typing = (args, complain) => {
  ofKinds(args, ['bool'], complain);
  return BOOL;
};
const equality: Typing = (args, complain) => {
  unify(ofKinds(args, comparable, complain), complain);
  return BOOL;
};
const order: Typing = (args, complain) => {
  unify(ofKinds(args, ordered, complain), complain);
  return BOOL;
};
const arithmetic: Typing = (args, complain) => unify(ofKinds(args, ordered, complain), complain);

const membership: Typing = ([value = null, list = null], complain) => {
  const [item = null] = ofKinds([value], comparable, complain);
  if (list !== null && list.kind !== 'list') {
    const wanted = item === null ? 'a list' : `list of ${typeName(item)}`;
    complain(1, `expected ${wanted}, found ${typeName(list)}`);
  } else if (item !== null && list !== null && meet<ValueType>(item, list.of) === null) {
    complain(1, `expected list of ${typeName(item)}, found ${typeName(list)}`);
  }
  return BOOL;
};

const multiplication: Typing = ([value = null, by = null], complain) => {
  const [amount = null] = ofKinds([value], ['money'], complain);
  ofKinds([null, by], ['decimal', 'integer'], complain);
  return amount;
};

const choice: Typing = (args, complain) => {
  const [, ...branches] = args;
  ofKinds(args.slice(0, 1), ['bool'], complain);
  return unify(branches, (index, message) => complain(index + 1, message), either);
};

const bucketing: Typing = (args, complain) => {
  ofKinds(args, ['text'], complain);
  return BOOL;
};

const typings: Readonly<Record<Operator, Typing>> = {
  and: logic,
  or: logic,
  not: logic,
  eq: equality,
  ne: equality,
  lt: order,
  le: order,
  gt: order,
  ge: order,
  in: membership,
  add: arithmetic,
  subtract: arithmetic,
  min: arithmetic,
  max: arithmetic,
  multiply: multiplication,
  if: choice,
  rollout: bucketing,
};

/** The type an operation gives, or null where its arguments do not tell; complains of misfits. */
export function typeOf(op: Operator, args: ArgumentTypes, complain: Complain): ValueType | null {
  return typings[op](args, complain);
}

/** Whether a rounding policy asks for more decimal places than a known currency has. */
export function isTooFine({ scale }: RoundingPolicy, type: ValueType): boolean {
  if (scale === 'currency' || type.kind !== 'money' || type.currency === null) return false;
  return scale > exponentOf(type.currency);
}
