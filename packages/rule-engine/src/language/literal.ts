import {
  expectAnswer,
  isRefusal,
  parseMoney,
  parseRate,
  refuse,
  toWire,
  type Refusal,
} from '@sluice/money';
import { limits } from './limits.ts';
import {
  addFault,
  faultText,
  found,
  isRecord,
  readRecord,
  readText,
  type Faults,
} from './reader.ts';
import { decimalForm, integerForm, textForm } from './text-forms.ts';
import {
  isScalarKind,
  meet,
  moneyType,
  scalarTypes,
  typeName,
  type ScalarType,
  type ValueType,
} from './value-type.ts';
import {
  boolValue,
  decimalValue,
  integerValue,
  listValue,
  moneyValue,
  textValue,
  type Value,
} from './value.ts';

/** A value of the stored form with its type. */
export interface TypedValue<T extends ValueType = ValueType> {
  readonly value: Value;
  readonly type: T;
}

type ScalarReader = (faults: Faults, json: unknown, path: string) => TypedValue<ScalarType> | null;

const scalarReaders: Readonly<Record<ScalarType['kind'], ScalarReader>> = {
  bool(faults, json, path) {
    if (typeof json === 'boolean') return { value: boolValue(json), type: scalarTypes.bool };
    addFault(faults, path, `expected true or false, found ${found(json)}`);
    return null;
  },
  text(faults, json, path) {
    const text = readText(faults, json, path, textForm);
    return text === null ? null : { value: textValue(text), type: scalarTypes.text };
  },
  integer(faults, json, path) {
    const text = readText(faults, json, path, integerForm);
    return text === null ? null : { value: integerValue(BigInt(text)), type: scalarTypes.integer };
  },
  decimal(faults, json, path) {
    const text = readText(faults, json, path, decimalForm);
    if (text === null) return null;
    return { value: decimalValue(expectAnswer(parseRate(text))), type: scalarTypes.decimal };
  },
  money(faults, json, path) {
    const record = readRecord(faults, json, path, { required: ['amount', 'currency'] });
    const { amount, currency } = record ?? {};
    if (typeof amount !== 'string' || typeof currency !== 'string') {
      if (record !== null) addFault(faults, path, 'expected amount and currency as text');
      return null;
    }
    const money = parseMoney(amount, currency);
    if (!isRefusal(money)) {
      return { value: moneyValue(money), type: moneyType(money.currency) };
    }
    addFault(faults, path, money.message);
    return null;
  },
};

/** Whether a key of the stored form begins a literal. */
export function isLiteralKey(key: string): boolean {
  return key === 'list' || isScalarKind(key);
}

function readItem(faults: Faults, json: unknown, path: string): TypedValue<ScalarType> | null {
  const [key, ...others] = isRecord(json) ? Object.keys(json) : [];
  if (!isRecord(json) || key === undefined || others.length > 0 || !isScalarKind(key)) {
    addFault(faults, path, 'expected one bool, text, integer, decimal or money');
    return null;
  }
  return scalarReaders[key](faults, json[key], `${path}.${key}`);
}

function readList(faults: Faults, json: unknown, path: string): TypedValue | null {
  if (!Array.isArray(json) || json.length === 0 || json.length > limits.listItems) {
    addFault(faults, path, `expected a list of 1 to ${limits.listItems} values`);
    return null;
  }
  const items = json.map((item, index) => readItem(faults, item, `${path}[${index}]`));
  const known = items.filter((item) => item !== null);
  const [first] = known;
  if (first === undefined || known.length < items.length) return null;
  for (const [index, { type }] of known.entries()) {
    if (meet(first.type, type) !== null) continue;
    const both = `expected ${typeName(first.type)}, found ${typeName(type)}`;
    addFault(faults, `${path}[${index}]`, both);
    return null;
  }
  return {
    value: listValue(known.map(({ value }) => value)),
    type: { kind: 'list', of: first.type },
  };
}

/** Reads the body of a literal node whose key is `key`: the `"1.00"` of `{"decimal": "1.00"}`. */
export function readLiteral(
  faults: Faults,
  key: string,
  json: unknown,
  path: string,
): TypedValue | null {
  return isScalarKind(key) ? scalarReaders[key](faults, json, path) : readList(faults, json, path);
}

/**
 * Reads one value of the stored form, such as `{"money": {"amount": "1.00", "currency": "USD"}}`:
 * facts arrive so in messages and workflow payloads.
 *
 * @returns the value, or the refusal `VALUE_INVALID` with every fault.
 */
export function parseValue(json: unknown): Value | Refusal {
  const faults: Faults = [];
  const [key, ...others] = isRecord(json) ? Object.keys(json) : [];
  if (!isRecord(json) || key === undefined || others.length > 0 || !isLiteralKey(key)) {
    addFault(faults, '', 'expected one bool, text, integer, decimal, money or list');
  } else {
    const read = readLiteral(faults, key, json[key], key);
    if (read !== null) return read.value;
  }
  const texts = faults.map(faultText);
  return refuse('VALUE_INVALID', `not a value: ${texts[0] ?? 'unreadable'}`, { faults: texts });
}

/** A value in the stored form, for messages and records; {@link parseValue} reads it. */
export function valueToJson(value: Value): Readonly<Record<string, unknown>> {
  switch (value.kind) {
    case 'bool':
      return { bool: value.bool };
    case 'text':
      return { text: value.text };
    case 'integer':
      return { integer: value.integer.toString() };
    case 'decimal':
      return { decimal: value.decimal.toFixed() };
    case 'money':
      return { money: toWire(value.money) };
    case 'list':
      return { list: value.items.map(valueToJson) };
  }
}
