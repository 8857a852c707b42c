import { Decimal } from 'decimal.js';
import { limits } from '../language/limits.ts';
import type { ValueType } from '../language/value-type.ts';
import type { Value } from '../language/value.ts';

/** Numbers from the first to the last, both included; null is without end. */
export type Span = readonly [first: bigint | null, last: bigint | null];

/**
 * The values that a fact may have, exactly: spans of whole numbers (bools, integers, minor units of
 * money, decimals in their finest units), sorted and apart; or texts, listed or all but those.
 */
export type Domain =
  | { readonly of: 'numbers'; readonly spans: readonly Span[] }
  | { readonly of: 'texts'; readonly except: boolean; readonly texts: ReadonlySet<string> };

/** Every value of a type; null for types whose values are not told apart: lists, open money. */
export function everything(type: ValueType): Domain | null {
  switch (type.kind) {
    case 'bool':
      return { of: 'numbers', spans: [[0n, 1n]] };
    case 'integer':
    case 'decimal':
      return { of: 'numbers', spans: [[null, null]] };
    case 'money':
      return type.currency === null ? null : { of: 'numbers', spans: [[null, null]] };
    case 'text':
      return { of: 'texts', except: true, texts: new Set() };
    case 'list':
      return null;
  }
}

const finest = new Decimal(`1e${limits.decimalDigits}`);
const Exact = Decimal.clone({ precision: 200, defaults: true });

/** A value as a number of its type's smallest units. Texts and lists have none. */
export function numberOf(value: Value): bigint | null {
  switch (value.kind) {
    case 'bool':
      return value.bool ? 1n : 0n;
    case 'integer':
      return value.integer;
    case 'money':
      return value.money.minor;
    case 'decimal':
      return BigInt(new Exact(value.decimal).mul(finest).toFixed(0));
    case 'text':
    case 'list':
      return null;
  }
}

/** The values in both. */
export function intersect(left: Domain, right: Domain): Domain {
  if (left.of === 'numbers' && right.of === 'numbers') {
    const spans = left.spans.flatMap((one) => right.spans.flatMap((other) => common(one, other)));
    return { of: 'numbers', spans };
  }
  if (left.of !== 'texts' || right.of !== 'texts') throw new TypeError('two types of one fact');
  if (left.except && right.except) {
    return { of: 'texts', except: true, texts: new Set([...left.texts, ...right.texts]) };
  }
  if (left.except) return { ...right, texts: without(right.texts, left.texts) };
  if (right.except) return { ...left, texts: without(left.texts, right.texts) };
  return { ...left, texts: within(left.texts, right.texts) };
}

function without(texts: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...texts].filter((text) => !others.has(text)));
}

function within(texts: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...texts].filter((text) => others.has(text)));
}

function common([a, b]: Span, [c, d]: Span): readonly Span[] {
  const first = a === null || (c !== null && c > a) ? c : a;
  const last = b === null || (d !== null && d < b) ? d : b;
  return first !== null && last !== null && first > last ? [] : [[first, last]];
}

/** The values of a type that are not in a domain. */
export function complement(domain: Domain, type: ValueType): Domain {
  if (domain.of === 'texts') return { ...domain, except: !domain.except };
  const spans: Span[] = [];
  let from: bigint | null = null;
  let isOpen = true;
  for (const [first, last] of domain.spans) {
    if (first !== null) spans.push([from, first - 1n]);
    isOpen = last !== null;
    from = last === null ? null : last + 1n;
  }
  if (isOpen) spans.push([from, null]);
  const whole = everything(type);
  return whole === null ? domain : intersect({ of: 'numbers', spans }, whole);
}

/** Whether no value is left. */
export function isEmpty(domain: Domain): boolean {
  return domain.of === 'numbers'
    ? domain.spans.length === 0
    : !domain.except && domain.texts.size === 0;
}

/** Whether no value is in both; cheap, for it is asked of every two rules. */
export function areApart(left: Domain, right: Domain): boolean {
  if (left.of === 'numbers' && right.of === 'numbers') {
    return left.spans.every((one) => right.spans.every((other) => isBeside(one, other)));
  }
  if (left.of !== 'texts' || right.of !== 'texts') throw new TypeError('two types of one fact');
  if (left.except && right.except) return false;
  const [listed, other] = left.except ? [right, left] : [left, right];
  for (const text of listed.texts) if (other.texts.has(text) !== other.except) return false;
  return true;
}

function isBeside([a, b]: Span, [c, d]: Span): boolean {
  return (b !== null && c !== null && b < c) || (d !== null && a !== null && d < a);
}

/** Whether every value of the one is in the other. */
export function isWithin(inner: Domain, outer: Domain, type: ValueType): boolean {
  return isEmpty(intersect(inner, complement(outer, type)));
}
