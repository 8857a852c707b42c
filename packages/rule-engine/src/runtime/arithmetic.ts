import { add, exponentOf, multiply, subtract, type RoundingPolicy } from '@sluice/money';
import { Decimal } from 'decimal.js';
import { decimalValue, integerValue, moneyValue, type Value } from '../language/value.ts';
import { unknown, type Unknown } from './unknown.ts';

// Wide enough that sums of decimals within the limits are exact.
const Exact = Decimal.clone({ precision: 200, defaults: true });

/** Combines two values of one type. */
export type Combine = (left: Value, right: Value) => Value | Unknown;

function mismatch(left: string, right: string): Unknown {
  return unknown('CURRENCY_MISMATCH', `${left} and ${right} do not go together`);
}

function misfit(left: Value, right: Value): never {
  throw new TypeError(`${left.kind} and ${right.kind} were let through the type check`);
}

/**
 * Orders two values of one type: below 0, 0 or above 0; bool and text are only the same or not.
 * Money of two currencies has no order: unknown.
 */
export function order(left: Value, right: Value): number | Unknown {
  if (left.kind === 'money' && right.kind === 'money') {
    if (left.money.currency !== right.money.currency) {
      return mismatch(left.money.currency, right.money.currency);
    }
    return sign(left.money.minor, right.money.minor);
  }
  if (left.kind === 'integer' && right.kind === 'integer') return sign(left.integer, right.integer);
  if (left.kind === 'decimal' && right.kind === 'decimal') {
    return left.decimal.comparedTo(right.decimal);
  }
  if (left.kind === 'text' && right.kind === 'text') return left.text === right.text ? 0 : 1;
  if (left.kind === 'bool' && right.kind === 'bool') return left.bool === right.bool ? 0 : 1;
  return misfit(left, right);
}

function sign(left: bigint, right: bigint): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** left + right, exact. */
export const addValues: Combine = (left, right) => {
  if (left.kind === 'money' && right.kind === 'money') {
    if (left.money.currency !== right.money.currency) {
      return mismatch(left.money.currency, right.money.currency);
    }
    return moneyValue(add(left.money, right.money));
  }
  if (left.kind === 'integer' && right.kind === 'integer') {
    return integerValue(left.integer + right.integer);
  }
  if (left.kind === 'decimal' && right.kind === 'decimal') {
    return decimalValue(Exact.add(left.decimal, right.decimal));
  }
  return misfit(left, right);
};

/** left - right, exact. */
export const subtractValues: Combine = (left, right) => {
  if (left.kind === 'money' && right.kind === 'money') {
    if (left.money.currency !== right.money.currency) {
      return mismatch(left.money.currency, right.money.currency);
    }
    return moneyValue(subtract(left.money, right.money));
  }
  if (left.kind === 'integer' && right.kind === 'integer') {
    return integerValue(left.integer - right.integer);
  }
  if (left.kind === 'decimal' && right.kind === 'decimal') {
    return decimalValue(Exact.sub(left.decimal, right.decimal));
  }
  return misfit(left, right);
};

/** The smaller; the left of two equal ones. */
export const smaller: Combine = (left, right) => {
  const ordered = order(left, right);
  if (typeof ordered !== 'number') return ordered;
  return ordered <= 0 ? left : right;
};

/** The larger; the left of two equal ones. */
export const larger: Combine = (left, right) => {
  const ordered = order(left, right);
  if (typeof ordered !== 'number') return ordered;
  return ordered >= 0 ? left : right;
};

/** Money times a decimal or a whole number, rounded by the rule's policy. */
export function multiplyBy(policy: RoundingPolicy): Combine {
  return (value, by) => {
    if (value.kind !== 'money' || (by.kind !== 'decimal' && by.kind !== 'integer')) {
      return misfit(value, by);
    }
    const { currency } = value.money;
    if (policy.scale !== 'currency' && policy.scale > exponentOf(currency)) {
      return unknown('SCALE_TOO_FINE', `${currency} has no ${policy.scale} decimal places`);
    }
    const rate = by.kind === 'decimal' ? by.decimal : new Exact(by.integer.toString());
    return moneyValue(multiply(value.money, rate, policy));
  };
}
