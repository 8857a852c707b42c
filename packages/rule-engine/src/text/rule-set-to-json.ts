import type { ASTNode } from '@marcbachmann/cel-js';
import type { JsonRecord } from '../language/reader.ts';
import { expressionJson, factNameOf } from './expression-to-json.ts';
import { scalarText } from './scalars.ts';
import type { Translation } from './translation.ts';

type Field = (translation: Translation, node: ASTNode, path: string) => unknown;

/** The text of a `then` that settles that nothing is applied. */
export const notApplied = 'notApplied';

/** Turns a parsed rule set, a map of CEL, into the stored form. */
export function ruleSetJson(translation: Translation, node: ASTNode): JsonRecord | null {
  return mapJson(translation, node, '', (key) => {
    if (key === 'facts') return factsJson;
    if (key === 'scope') return (...place) => mapJson(...place, () => scalarField);
    return key === 'rules' ? rulesJson : scalarField;
  });
}

function rulesJson(translation: Translation, node: ASTNode, path: string): unknown {
  if (node.op !== 'list') return translation.fault(node, 'expected a list of rules');
  return node.args.map((rule, index) => {
    const at = `${path}[${index}]`;
    translation.place(at, rule);
    translation.entry(at, rule, rule);
    return mapJson(translation, rule, at, (key) => {
      if (key === 'when') return expressionJson;
      return key === 'then' ? thenJson : scalarField;
    });
  });
}

function thenJson(translation: Translation, node: ASTNode, path: string): unknown {
  if (node.op === 'call' && node.args[0] === notApplied) {
    if (node.args[1].length > 0) return translation.fault(node, `expected ${notApplied}()`);
    return { outcome: 'not-applied' };
  }
  const value = expressionJson(translation, node, `${path}.value`);
  return { outcome: 'applied', value };
}

function factsJson(translation: Translation, node: ASTNode, path: string): unknown {
  return mapJson(
    translation,
    node,
    path,
    () => typeJson,
    (name) => `[${JSON.stringify(name)}]`,
  );
}

function typeJson(translation: Translation, node: ASTNode): unknown {
  if (node.op === 'id') return node.args;
  const [name, [first, ...more]] = node.op === 'call' ? node.args : ['', []];
  const isOne = first !== undefined && more.length === 0;
  if (isOne && name === 'list') return { list: typeJson(translation, first) };
  if (isOne && name === 'money' && first.op === 'value' && typeof first.args === 'string') {
    return { money: first.args };
  }
  const types = 'bool, text, integer, decimal, money, money("USD") or list(type)';
  return translation.fault(node, `expected ${types}`);
}

function scalarField(translation: Translation, node: ASTNode): unknown {
  const scalar = scalarText(translation.source.text, node);
  if (typeof scalar === 'string') return translation.fault(node, scalar);
  const [value] = Object.values(scalar);
  return 'integer' in scalar ? Number(value) : value;
}

function mapJson(
  translation: Translation,
  node: ASTNode,
  path: string,
  fieldOf: (key: string) => Field,
  step = (key: string): string => (path === '' ? key : `.${key}`),
): JsonRecord | null {
  if (node.op !== 'map') return translation.fault(node, 'expected { name: value, ... }');
  const entries = new Map<string, unknown>();
  for (const [keyNode, value] of node.args) {
    const key = keyOf(keyNode);
    if (key === null || entries.has(key)) {
      translation.fault(keyNode, key === null ? 'expected a name' : `"${key}" stands here twice`);
      continue;
    }
    const at = path + step(key);
    translation.place(at, value);
    translation.entry(at, keyNode, value);
    entries.set(key, fieldOf(key)(translation, value, at));
  }
  return Object.fromEntries(entries);
}

function keyOf(node: ASTNode): string | null {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : factNameOf(node);
}
