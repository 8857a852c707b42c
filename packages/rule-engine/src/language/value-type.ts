import { isRefusal, parseCurrency, type Currency, type Money } from '@sluice/money';
import { Decimal } from 'decimal.js';
import { limits } from './limits.ts';
import type { Value } from './value.ts';

/** The type of one single value. Money may be bound to a currency; null leaves it open. */
export type ScalarType =
  | { readonly kind: 'bool' | 'text' | 'integer' | 'decimal' }
  | { readonly kind: 'money'; readonly currency: Currency | null };

/** The type of a fact or an expression. */
export type ValueType = ScalarType | { readonly kind: 'list'; readonly of: ScalarType };

/** The type of every condition. */
export const BOOL: ScalarType = Object.freeze({ kind: 'bool' });

/** The types that are the same wherever they stand; money of an open currency is one of them. */
export const scalarTypes: Readonly<Record<ScalarType['kind'], ScalarType>> = {
  bool: BOOL,
  text: Object.freeze({ kind: 'text' }),
  integer: Object.freeze({ kind: 'integer' }),
  decimal: Object.freeze({ kind: 'decimal' }),
  money: Object.freeze({ kind: 'money', currency: null }),
};

/** Tells a name of a scalar type from any other text. */
export function isScalarKind(text: string): text is ScalarType['kind'] {
  return Object.hasOwn(scalarTypes, text);
}

const moneyTypes = new Map<Currency, ScalarType>();

/** The type of money of a currency: one object for each, for rules are full of them. */
export function moneyType(currency: Currency): ScalarType {
  const known = moneyTypes.get(currency);
  if (known !== undefined) return known;
  const type = Object.freeze({ kind: 'money', currency } as const);
  moneyTypes.set(currency, type);
  return type;
}

/** For people: `money USD`, `list of text`. */
export function typeName(type: ValueType): string {
  if (type.kind === 'list') return `list of ${typeName(type.of)}`;
  if (type.kind === 'money' && type.currency !== null) return `money ${type.currency}`;
  return type.kind;
}

/**
 * The type of two values that meet in one operation, or null when they cannot meet. Money of an
 * open currency takes the other's: should they differ after all, the operation is unknown.
 */
export function meet<T extends ValueType>(left: T, right: T): T | null {
  if (left.kind === 'money' && right.kind === 'money') {
    if (left.currency === null) return right;
    return right.currency === null || left.currency === right.currency ? left : null;
  }
  if (left.kind === 'list' && right.kind === 'list') {
    return meet(left.of, right.of) === null ? null : left;
  }
  return left.kind === right.kind ? left : null;
}

/**
 * The type of a value that is one or the other, as the branches of an `if` are: as {@link meet},
 * but an open currency stays open, for only one of the two is ever there.
 */
export function either(left: ValueType, right: ValueType): ValueType | null {
  if (meet(left, right) === null) return null;
  const open = [left, right].find((type) => type.kind === 'money' && type.currency === null);
  return open ?? left;
}

function isExactDecimal(value: unknown): boolean {
  if (!Decimal.isDecimal(value) || !value.isFinite()) return false;
  return value.e < limits.decimalDigits && value.decimalPlaces() <= limits.decimalDigits;
}

function isMoney({ minor, currency }: Money, expected: Currency | null): boolean {
  if (typeof minor !== 'bigint') return false;
  return expected === null ? !isRefusal(parseCurrency(currency)) : expected === currency;
}

/**
 * Whether a value handed in from outside is what its type says, down to the JavaScript types: a
 * fact provider may be plain JavaScript.
 */
export function conforms(value: Value, type: ValueType): boolean {
  if (value.kind !== type.kind) return false;
  switch (value.kind) {
    case 'bool':
      return typeof value.bool === 'boolean';
    case 'text':
      return typeof value.text === 'string';
    case 'integer':
      return typeof value.integer === 'bigint';
    case 'decimal':
      return isExactDecimal(value.decimal);
    case 'money':
      return type.kind === 'money' && isMoney(value.money, type.currency);
    case 'list':
      if (type.kind !== 'list' || value.items.length > limits.listItems) return false;
      return value.items.every((item) => conforms(item, type.of));
  }
}
