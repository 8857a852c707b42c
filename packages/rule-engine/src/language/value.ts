import { formatMoney, type Money } from '@sluice/money';
import type { Decimal } from 'decimal.js';

/** What a fact holds, a literal says and a rule gives. Exact: no member is ever a float. */
export type Value =
  | { readonly kind: 'bool'; readonly bool: boolean }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'integer'; readonly integer: bigint }
  | { readonly kind: 'decimal'; readonly decimal: Decimal }
  | { readonly kind: 'money'; readonly money: Money }
  | { readonly kind: 'list'; readonly items: readonly Value[] };

/** The one true. Inside the engine every true is this very object: it is compared by identity. */
export const TRUE: Value = Object.freeze({ kind: 'bool', bool: true });

/** The one false. */
export const FALSE: Value = Object.freeze({ kind: 'bool', bool: false });

/** A bool as a value. */
export function boolValue(bool: boolean): Value {
  return bool ? TRUE : FALSE;
}

/** A text as a value. */
export function textValue(text: string): Value {
  return Object.freeze({ kind: 'text', text });
}

/** A whole number as a value. */
export function integerValue(integer: bigint): Value {
  return Object.freeze({ kind: 'integer', integer });
}

/** An exact decimal, such as a rate, as a value. */
export function decimalValue(decimal: Decimal): Value {
  return Object.freeze({ kind: 'decimal', decimal });
}

/** Money as a value. */
export function moneyValue(money: Money): Value {
  return Object.freeze({ kind: 'money', money });
}

/** A list of values of one type as a value. */
export function listValue(items: readonly Value[]): Value {
  return Object.freeze({ kind: 'list', items: Object.freeze([...items]) });
}

/** The money of a value known to be money, such as an applied discount. Throws otherwise. */
export function moneyOf(value: Value | null): Money {
  if (value?.kind === 'money') return value.money;
  throw new TypeError(`expected money, found ${value === null ? 'no value' : value.kind}`);
}

const shownItems = 5;

/** For people: `0.75 USD`, `"P1"`, `["P1", "P2", and 9 more]`. */
export function valueText(value: Value): string {
  switch (value.kind) {
    case 'bool':
      return String(value.bool);
    case 'text':
      return JSON.stringify(value.text);
    case 'integer':
      return value.integer.toString();
    case 'decimal':
      return value.decimal.toFixed();
    case 'money':
      return formatMoney(value.money);
    case 'list': {
      const shown = value.items.slice(0, shownItems).map(valueText);
      const more = value.items.length - shown.length;
      return `[${[...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ')}]`;
    }
  }
}
