import type { ASTNode } from '@marcbachmann/cel-js';
import type { Operator } from '../language/expression.ts';
import type { JsonRecord } from '../language/reader.ts';
import type { Translation } from './translation.ts';
import { scalarText } from './scalars.ts';

/** A part of the stored form, or null where it could not be made; the fault is noted. */
type Part = JsonRecord | null;

type Nodes = readonly ASTNode[];

const spines: Partial<Record<ASTNode['op'], Operator>> = { '&&': 'and', '||': 'or', '+': 'add' };
const pairs: Partial<Record<ASTNode['op'], Operator>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  in: 'in',
  '-': 'subtract',
};
/** Functions whose arguments are expressions, any number of them. */
const variadic: readonly string[] = ['min', 'max', 'and', 'or', 'add'];
const functions = [...variadic, 'money', 'multiply', 'rollout', 'fact'].join(', ');

/** Turns one parsed expression into the stored form. */
export function expressionJson(
  translation: Translation,
  node: ASTNode,
  path: string,
  depth = 1,
): Part {
  translation.place(path, node);
  if (translation.isTooDeep(node, depth)) return null;
  const inner = (arg: ASTNode, at: string): Part =>
    expressionJson(translation, arg, `${path}.${at}`, depth + 1);
  const name = factNameOf(node);
  if (name !== null) return { fact: name };
  const spine = spines[node.op];
  if (spine !== undefined) {
    const args = spineOf(node);
    return { [spine]: args.map((arg, index) => inner(arg, `${spine}[${index}]`)) };
  }
  const pair = pairs[node.op];
  if (pair !== undefined) {
    const args = node.args as [ASTNode, ASTNode];
    return { [pair]: args.map((arg, index) => inner(arg, `${pair}[${index}]`)) };
  }
  if (node.op === 'value' || node.op === '-_') return scalarJson(translation, node);
  if (node.op === '!_') return { not: inner(node.args, 'not') };
  if (node.op === '?:') {
    const [when, then, otherwise] = node.args;
    const body = { when: inner(when, 'if.when'), then: inner(then, 'if.then') };
    return { if: { ...body, else: inner(otherwise, 'if.else') } };
  }
  if (node.op === 'list') {
    return { list: node.args.map((item, index) => inner(item, `list[${index}]`)) };
  }
  if (node.op === 'call') return callJson(translation, node, node.args, inner);
  return translation.fault(node, refusedOperator(node.op));
}

function refusedOperator(op: string): string {
  if (op === '*')
    return 'write multiply(value, by, mode, scale, stage): a product says its rounding';
  if (op === '/' || op === '%') return `"${op}" is not part of the language: it is not exact`;
  if (op === 'rcall') return `methods are not part of the language: use ${functions}`;
  return `"${op}" is not part of the language`;
}

/** `a && b && c` is parsed as `(a && b) && c`: the parts of the whole chain. */
function spineOf(node: ASTNode): Nodes {
  const args: ASTNode[] = [];
  let rest = node;
  while (rest.op === node.op) {
    const [left, right] = rest.args as [ASTNode, ASTNode];
    args.push(right);
    rest = left;
  }
  return [rest, ...args.reverse()];
}

/** `coupon.value`: names joined by dots. */
export function factNameOf(node: ASTNode): string | null {
  const parts: string[] = [];
  let rest = node;
  while (rest.op === '.') {
    parts.push(rest.args[1]);
    rest = rest.args[0];
  }
  return rest.op === 'id' ? [rest.args, ...parts.reverse()].join('.') : null;
}

function scalarJson(translation: Translation, node: ASTNode): Part {
  const scalar = scalarText(translation.source.text, node);
  return typeof scalar === 'string' ? translation.fault(node, scalar) : scalar;
}

type Inner = (arg: ASTNode, at: string) => Part;

function callJson(
  translation: Translation,
  node: ASTNode,
  [name, args]: readonly [string, Nodes],
  inner: Inner,
): Part {
  if (variadic.includes(name)) {
    return { [name]: args.map((arg, index) => inner(arg, `${name}[${index}]`)) };
  }
  const wrong = (usage: string): null => translation.fault(node, `expected ${usage}`);
  const plain = args.map((arg) => plainOf(translation, arg));
  if (name === 'money') {
    const [amount, currency] = plain;
    if (args.length !== 2) return wrong('money("1.00", "USD")');
    return { money: { amount, currency } };
  }
  if (name === 'fact') {
    return args.length === 1 ? { fact: plain[0] } : wrong('fact("name")');
  }
  const [first] = args;
  if (name === 'multiply') {
    const [value, by] = args;
    if (value === undefined || by === undefined || args.length !== 5) {
      return wrong('multiply(value, by, "half-up", "currency", "line")');
    }
    const [, , mode, scale, stage] = plain;
    const rounding = { mode, scale, stage };
    return {
      multiply: { value: inner(value, 'multiply.value'), by: inner(by, 'multiply.by'), rounding },
    };
  }
  if (name === 'rollout') {
    if (first === undefined || args.length !== 5) {
      return wrong('rollout(unit, "murmur3-32-100000", "salt", 0, 25000)');
    }
    const [, algorithm, salt, from, to] = plain;
    return { rollout: { unit: inner(first, 'rollout.unit'), algorithm, salt, from, to } };
  }
  return translation.fault(node, `unknown function "${name}": use ${functions}`);
}

/** A text or a whole number where the stored form has it plain. */
function plainOf({ source }: Translation, node: ASTNode): unknown {
  const scalar = scalarText(source.text, node);
  if (typeof scalar === 'string') return {};
  if ('text' in scalar) return scalar['text'];
  return 'integer' in scalar ? Number(scalar['integer']) : {};
}
