import { isRefusal, parseCurrency } from '@sluice/money';
import { limits } from './limits.ts';
import { addFault, found, isRecord, readText, type Faults } from './reader.ts';
import type { FactSchema } from './rule-set.ts';
import { factNameForm } from './text-forms.ts';
import {
  isScalarKind,
  moneyType,
  scalarTypes,
  type ScalarType,
  type ValueType,
} from './value-type.ts';

const expected = 'expected bool, text, integer, decimal, money, {"money": "USD"} or {"list": type}';

function readScalarType(faults: Faults, json: unknown, path: string): ScalarType | null {
  if (typeof json === 'string' && isScalarKind(json)) return scalarTypes[json];
  const code = isRecord(json) && Object.keys(json).length === 1 ? json['money'] : undefined;
  if (typeof code !== 'string') {
    addFault(faults, path, `${expected}, found ${found(json)}`);
    return null;
  }
  const currency = parseCurrency(code);
  if (!isRefusal(currency)) return moneyType(currency);
  addFault(faults, path, currency.message);
  return null;
}

function readType(faults: Faults, json: unknown, path: string): ValueType | null {
  const isList = isRecord(json) && Object.keys(json).length === 1 && Object.hasOwn(json, 'list');
  if (!isList) return readScalarType(faults, json, path);
  const of = readScalarType(faults, json['list'], `${path}.list`);
  return of === null ? null : { kind: 'list', of };
}

/** Null: the declared type could not be read; known by name, so that it is one fault, not many. */
export type ReadSchema = ReadonlyMap<string, ValueType | null>;

/** Reads the declared facts: name to type. */
export function readFactSchema(faults: Faults, json: unknown): ReadSchema {
  const schema = new Map<string, ValueType | null>();
  if (json === undefined) return schema;
  if (!isRecord(json)) {
    addFault(faults, 'facts', `expected an object of names and types, found ${found(json)}`);
    return schema;
  }
  const entries = Object.entries(json);
  if (entries.length > limits.facts) {
    addFault(faults, 'facts', `expected at most ${limits.facts}, found ${entries.length}`);
    return schema;
  }
  for (const [name, type] of entries) {
    const path = `facts[${JSON.stringify(name)}]`;
    if (readText(faults, name, path, factNameForm) === null) continue;
    schema.set(name, readType(faults, type, path));
  }
  return schema;
}

/** The schema of a set without faults. */
export function completeSchema(schema: ReadSchema): FactSchema {
  const complete = new Map<string, ValueType>();
  for (const [name, type] of schema) if (type !== null) complete.set(name, type);
  return complete;
}
