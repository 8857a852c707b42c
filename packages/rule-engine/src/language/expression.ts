import type { RoundingPolicy } from '@sluice/money';
import type { Value } from './value.ts';
import type { ValueType } from './value-type.ts';

/** Every operation of the language, by its key in the stored form. */
export type Operator =
  | 'and'
  | 'or'
  | 'not'
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'in'
  | 'add'
  | 'subtract'
  | 'min'
  | 'max'
  | 'multiply'
  | 'if'
  | 'rollout';

/** A value written in the rule. */
export interface Literal {
  readonly kind: 'literal';
  readonly value: Value;
  readonly type: ValueType;
}

/** Business data by name, fetched only when the answer depends on it. */
export interface FactReference {
  readonly kind: 'fact';
  readonly name: string;
  readonly type: ValueType;
}

/** An operation on other expressions. */
export interface Operation {
  readonly kind: 'operation';
  readonly op: Operator;
  readonly args: readonly Expression[];
  readonly type: ValueType;
  /** Only `multiply` has one. */
  readonly rounding: RoundingPolicy | null;
  /** Only `rollout` has one. */
  readonly bucketing: Bucketing | null;
}

/**
 * Which part of all units a staged rollout reaches: those whose bucket is at least `from` and
 * below `to`. The algorithm stands in the rule, so that no newer engine moves anybody.
 */
export interface Bucketing {
  readonly algorithm: BucketAlgorithm;
  /** Rules with the same salt split the same buckets; another salt shuffles anew. */
  readonly salt: string;
  readonly from: number;
  readonly to: number;
}

/** murmur3-32 of `salt:unit` in UTF-8, spread over 100,000 buckets by `hash * 100000 >> 32`. */
export type BucketAlgorithm = 'murmur3-32-100000';

/** How many buckets an algorithm has. */
export const bucketCounts: Readonly<Record<BucketAlgorithm, number>> = {
  'murmur3-32-100000': 100_000,
};

/** A checked rule tree: every node has its type, and the types fit. */
export type Expression = Literal | FactReference | Operation;

/** How the arguments of an operator stand in the stored form. */
export type ArgumentForm =
  | { readonly form: 'one' }
  | { readonly form: 'list'; readonly min: number; readonly max: number }
  | { readonly form: 'named'; readonly keys: readonly string[] };

const two: ArgumentForm = { form: 'list', min: 2, max: 2 };
const someOf = (min: number): ArgumentForm => ({ form: 'list', min, max: Infinity });

/** The form of each operator. */
export const argumentForms: Readonly<Record<Operator, ArgumentForm>> = {
  and: someOf(1),
  or: someOf(1),
  not: { form: 'one' },
  eq: two,
  ne: two,
  lt: two,
  le: two,
  gt: two,
  ge: two,
  in: two,
  add: someOf(2),
  subtract: two,
  min: someOf(2),
  max: someOf(2),
  multiply: { form: 'named', keys: ['value', 'by'] },
  if: { form: 'named', keys: ['when', 'then', 'else'] },
  rollout: { form: 'named', keys: ['unit'] },
};

/** Where an argument stands, seen from its node: `.and[0]`, `.not`, `.if.then`. */
export function argumentPath(op: Operator, index: number): string {
  const form = argumentForms[op];
  if (form.form === 'one') return `.${op}`;
  if (form.form === 'list') return `.${op}[${index}]`;
  return `.${op}.${form.keys[index] ?? index}`;
}

/** Tells an operator from any other key. */
export function isOperator(key: string): key is Operator {
  return Object.hasOwn(argumentForms, key);
}
