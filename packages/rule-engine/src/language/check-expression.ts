import { roundingModes, type RoundingMode, type RoundingPolicy } from '@sluice/money';
import {
  argumentForms,
  argumentPath,
  bucketCounts,
  isOperator,
  type BucketAlgorithm,
  type Bucketing,
  type Expression,
  type Operator,
} from './expression.ts';
import type { ReadSchema } from './fact-schema.ts';
import { limits } from './limits.ts';
import { isLiteralKey, readLiteral } from './literal.ts';
import {
  addFault,
  found,
  isRecord,
  readRecord,
  readText,
  type Faults,
  type JsonRecord,
} from './reader.ts';
import { plainTextForm } from './text-forms.ts';
import { isTooFine, typeOf } from './typing.ts';

/** What checking one rule's expressions shares. */
export interface Checking {
  readonly faults: Faults;
  readonly facts: ReadSchema;
  /** Nodes this rule may still have. */
  nodesLeft: number;
}

const nodeKeys = ['fact', 'bool', 'text', 'integer', 'decimal', 'money', 'list'];
const allKeys = [...nodeKeys, ...Object.keys(argumentForms)].join(', ');

/**
 * Turns one expression of the stored form into a checked tree: every node known, complete, of a
 * type that fits. Notes every fault with its path.
 */
export function checkExpression(
  checking: Checking,
  json: unknown,
  path: string,
  depth = 1,
): Expression | null {
  const { faults } = checking;
  if (!withinLimits(checking, path, depth)) return null;
  if (!isRecord(json)) {
    addFault(faults, path, `expected a node such as {"fact": "..."}, found ${found(json)}`);
    return null;
  }
  const [key, ...others] = Object.keys(json);
  if (key === undefined || others.length > 0) {
    const keys = key === undefined ? 'none' : [key, ...others].join(', ');
    addFault(faults, path, `expected a node with exactly one key, found ${keys}`);
    return null;
  }
  if (key === 'fact') return checkFact(checking, json[key], `${path}.fact`);
  if (isLiteralKey(key)) {
    const literal = readLiteral(faults, key, json[key], `${path}.${key}`);
    if (literal === null) return null;
    return { kind: 'literal', value: literal.value, type: literal.type };
  }
  if (isOperator(key)) return checkOperation(checking, key, json[key], path, depth);
  addFault(faults, path, `unknown node "${key}": use one of ${allKeys}`);
  return null;
}

function withinLimits(checking: Checking, path: string, depth: number): boolean {
  checking.nodesLeft -= 1;
  if (checking.nodesLeft < 0) {
    const isFirst = checking.nodesLeft === -1;
    if (isFirst)
      addFault(checking.faults, path, `more than ${limits.nodesPerRule} nodes in a rule`);
    return false;
  }
  if (depth <= limits.depth) return true;
  addFault(checking.faults, path, `nested deeper than ${limits.depth}`);
  return false;
}

function checkFact({ faults, facts }: Checking, json: unknown, path: string): Expression | null {
  if (typeof json !== 'string') {
    addFault(faults, path, `expected the name of a fact, found ${found(json)}`);
    return null;
  }
  const type = facts.get(json);
  if (type === undefined) addFault(faults, path, `"${json}" is not declared in facts`);
  return type === undefined || type === null ? null : { kind: 'fact', name: json, type };
}

function checkOperation(
  checking: Checking,
  op: Operator,
  json: unknown,
  path: string,
  depth: number,
): Expression | null {
  const { faults } = checking;
  const before = faults.length;
  const parts = readParts(faults, op, json, `${path}.${op}`);
  if (parts === null) return null;
  const args = parts.args.map((arg, index) =>
    checkExpression(checking, arg, path + argumentPath(op, index), depth + 1),
  );
  const types = args.map((arg) => arg?.type ?? null);
  const type = typeOf(op, types, (index, message) => {
    addFault(faults, path + argumentPath(op, index), message);
  });
  if (type !== null && parts.rounding !== null && isTooFine(parts.rounding, type)) {
    addFault(faults, `${path}.${op}.rounding.scale`, 'finer than the currency: use "currency"');
  }
  if (type === null || faults.length > before) return null;
  // Not filtered: a list that grew keeps room for more, in every node of every rule.
  if (!args.every((arg) => arg !== null)) return null;
  const { rounding, bucketing } = parts;
  return { kind: 'operation', op, args, type, rounding, bucketing };
}

interface Parts {
  readonly args: readonly unknown[];
  readonly rounding: RoundingPolicy | null;
  readonly bucketing: Bucketing | null;
}

const further: Partial<Record<Operator, readonly string[]>> = {
  multiply: ['rounding'],
  rollout: ['algorithm', 'salt', 'from', 'to'],
};

function readParts(faults: Faults, op: Operator, json: unknown, path: string): Parts | null {
  const form = argumentForms[op];
  const none = { rounding: null, bucketing: null };
  if (form.form === 'one') return { args: [json], ...none };
  if (form.form === 'named') {
    const required = [...form.keys, ...(further[op] ?? [])];
    const record = readRecord(faults, json, path, { required });
    if (record === null || form.keys.some((key) => !Object.hasOwn(record, key))) return null;
    const rounding = op === 'multiply' ? readRounding(faults, record, path) : null;
    const bucketing = op === 'rollout' ? readBucketing(faults, record, path) : null;
    return { args: form.keys.map((key) => record[key]), rounding, bucketing };
  }
  const count = Array.isArray(json) ? json.length : -1;
  if (Array.isArray(json) && count >= form.min && count <= form.max) {
    return { args: json as readonly unknown[], ...none };
  }
  const wanted = form.min === form.max ? `${form.min}` : `at least ${form.min}`;
  const got = count < 0 ? found(json) : `${count}`;
  addFault(faults, path, `expected a list of ${wanted} expressions, found ${got}`);
  return null;
}

function readRounding(faults: Faults, owner: JsonRecord, path: string): RoundingPolicy | null {
  if (!Object.hasOwn(owner, 'rounding')) return null;
  const at = `${path}.rounding`;
  const required = ['mode', 'scale', 'stage'];
  const record = readRecord(faults, owner['rounding'], at, { required });
  const { mode, scale, stage } = record ?? {};
  const isScale = scale === 'currency' || (Number.isInteger(scale) && Number(scale) >= 0);
  if (mode !== undefined && !roundingModes.includes(mode as RoundingMode)) {
    addFault(faults, `${at}.mode`, `expected ${roundingModes.join(', ')}, found ${found(mode)}`);
  }
  if (scale !== undefined && !isScale) {
    addFault(faults, `${at}.scale`, `expected "currency" or a whole number, found ${found(scale)}`);
  }
  if (stage !== undefined && stage !== 'line' && stage !== 'total') {
    addFault(faults, `${at}.stage`, `expected "line" or "total", found ${found(stage)}`);
  }
  return record === null ? null : ({ mode, scale, stage } as RoundingPolicy);
}

function readBucketing(faults: Faults, record: JsonRecord, path: string): Bucketing | null {
  const { algorithm, from, to } = record;
  const salt = readText(faults, record['salt'], `${path}.salt`, plainTextForm);
  if (algorithm === undefined || from === undefined || to === undefined) return null;
  if (!isAlgorithm(algorithm)) {
    const known = Object.keys(bucketCounts).join(', ');
    addFault(faults, `${path}.algorithm`, `expected ${known}, found ${found(algorithm)}`);
    return null;
  }
  const count = bucketCounts[algorithm];
  if (!isBucket(from, count) || !isBucket(to, count) || from > to) {
    const wanted = `expected whole numbers 0 <= from <= to <= ${count}`;
    addFault(faults, path, `${wanted}, found from ${found(from)} to ${found(to)}`);
    return null;
  }
  return salt === null ? null : { algorithm, salt, from, to };
}

function isAlgorithm(json: unknown): json is BucketAlgorithm {
  return typeof json === 'string' && Object.hasOwn(bucketCounts, json);
}

function isBucket(json: unknown, count: number): json is number {
  return typeof json === 'number' && Number.isSafeInteger(json) && json >= 0 && json <= count;
}
