import { Decimal } from 'decimal.js';
import { limits } from '../language/limits.ts';
import type { ValueType } from '../language/value-type.ts';
import {
  boolValue,
  decimalValue,
  integerValue,
  moneyValue,
  textValue,
  valueText,
  type Value,
} from '../language/value.ts';
import { numberOf, type Domain, type Span } from './domain.ts';

const Exact = Decimal.clone({ precision: 200, defaults: true });
const finest = new Exact(`1e${limits.decimalDigits}`);

/** The value that a number of a type's smallest units stands for. */
function valueOf(number: bigint, type: ValueType): Value | null {
  switch (type.kind) {
    case 'bool':
      return boolValue(number === 1n);
    case 'integer':
      return integerValue(number);
    case 'decimal':
      return decimalValue(new Exact(number.toString()).div(finest));
    case 'money':
      if (type.currency === null) return null;
      return moneyValue(Object.freeze({ minor: number, currency: type.currency }));
    case 'text':
    case 'list':
      return null;
  }
}

/** The value of a domain that is nearest to one; the first where there is none to be near to. */
export function nearest(domain: Domain, type: ValueType, to: Value | null): Value | null {
  if (domain.of === 'texts') {
    const [first] = domain.texts;
    return domain.except || first === undefined ? null : textValue(first);
  }
  const target = to === null ? null : numberOf(to);
  let best: bigint | null = null;
  for (const span of domain.spans) {
    const near = nearestIn(span, target ?? 0n);
    if (best === null || distance(near, target ?? 0n) < distance(best, target ?? 0n)) best = near;
  }
  return best === null ? null : valueOf(best, type);
}

function nearestIn([first, last]: Span, target: bigint): bigint {
  if (first !== null && target < first) return first;
  return last !== null && target > last ? last : target;
}

function distance(left: bigint, right: bigint): bigint {
  return left < right ? right - left : left - right;
}

/** Whether a domain holds a value. */
export function holds(domain: Domain, value: Value): boolean {
  if (domain.of === 'texts') {
    return value.kind === 'text' && domain.texts.has(value.text) !== domain.except;
  }
  const number = numberOf(value);
  if (number === null) return false;
  return domain.spans.some(
    ([first, last]) => (first === null || first <= number) && (last === null || number <= last),
  );
}

const shownTexts = 5;

/** A domain in words: `at least 20.00 USD`, `one of "a", "b"`. */
export function domainText(domain: Domain, type: ValueType): string {
  if (domain.of === 'numbers') {
    return domain.spans.map((span) => spanText(span, type)).join(' or ') || 'nothing';
  }
  const texts = [...domain.texts].map((text) => JSON.stringify(text));
  if (domain.except) return texts.length === 0 ? 'any text' : `not ${texts.join(', ')}`;
  const more = texts.length - shownTexts;
  const shown = texts.slice(0, shownTexts).join(', ');
  return texts.length === 1 ? shown : `one of ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

function spanText([first, last]: Span, type: ValueType): string {
  if (first === null && last === null) return 'anything';
  if (last === null) return limitText(first, 'at least', 'above', -1n, type);
  if (first === null) return limitText(last, 'at most', 'below', 1n, type);
  if (first === last) return numberText(first, type);
  const from = limitText(first, 'from', 'above', -1n, type);
  return `${from} ${limitText(last, 'to', 'and below', 1n, type)}`;
}

/** The finest step of a decimal is no number that anybody wrote: that side is open. */
function limitText(
  number: bigint | null,
  closed: string,
  open: string,
  outwards: bigint,
  type: ValueType,
): string {
  if (number === null) return closed;
  const isFine = type.kind === 'decimal' && number % 10n !== 0n;
  if (isFine) return `${open} ${numberText(number + outwards, type)}`;
  return `${closed} ${numberText(number, type)}`;
}

function numberText(number: bigint, type: ValueType): string {
  const value = valueOf(number, type);
  return value === null ? String(number) : valueText(value);
}
