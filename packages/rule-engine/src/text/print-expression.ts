import type { Expression, Literal, Operation, Operator } from '../language/expression.ts';
import { valueText, type Value } from '../language/value.ts';
import { formatAmount } from '@sluice/money';

/** Columns of a printed line. */
export const width = 100;

interface Infix {
  readonly sign: string;
  /** Binds tighter the higher it is. */
  readonly level: number;
}

const infixes: Partial<Record<Operator, Infix>> = {
  or: { sign: '||', level: 1 },
  and: { sign: '&&', level: 2 },
  eq: { sign: '==', level: 3 },
  ne: { sign: '!=', level: 3 },
  lt: { sign: '<', level: 3 },
  le: { sign: '<=', level: 3 },
  gt: { sign: '>', level: 3 },
  ge: { sign: '>=', level: 3 },
  in: { sign: 'in', level: 3 },
  add: { sign: '+', level: 4 },
  subtract: { sign: '-', level: 4 },
};
const unary = 5;

/** Words that CEL keeps for itself: a fact that begins with one is written `fact("...")`. */
const reserved = new Set(
  (
    'as break const continue else false for function if import in let loop namespace null ' +
    'package return true var void while __proto__ prototype'
  ).split(' '),
);

/** Whether a name holds a word that CEL keeps for itself. */
export function reservedIn(name: string): boolean {
  return name.split('.').some((part) => reserved.has(part));
}

/** Prints a checked tree as CEL, over several lines where one is too short. */
export function printExpression(node: Expression, indent = 0, first = indent): string {
  const flat = print(node, 0);
  return first + flat.length < width ? flat : broken(node, indent, first);
}

/** A text in CEL: as JSON has it, but halves of characters, which no text of ours holds. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

function print(node: Expression, outer: number): string {
  if (node.kind === 'literal') return literalText(node);
  if (node.kind === 'fact') return factText(node.name);
  const infix = infixOf(node);
  if (infix !== undefined) {
    const text = operandTexts(node, infix).join(` ${infix.sign} `);
    return infix.level <= outer ? `(${text})` : text;
  }
  if (node.op === 'not') return `!${node.args.map((arg) => print(arg, unary)).join('')}`;
  if (node.op === 'if') {
    const [when = '', then = '', otherwise = ''] = node.args.map((arg) => print(arg, 1));
    const text = `${when} ? ${then} : ${otherwise}`;
    return outer > 0 ? `(${text})` : text;
  }
  return `${node.op}(${argumentTexts(node).join(', ')})`;
}

/** Undefined where the sign cannot say it: one part alone, or a chain that begins with its like. */
function infixOf({ op, args }: Operation): Infix | undefined {
  const [first] = args;
  if (op === 'and' || op === 'or' || op === 'add') {
    if (args.length < 2) return undefined;
    if (first?.kind === 'operation' && first.op === op && infixOf(first)) return undefined;
  }
  return infixes[op];
}

/** Left operands of `+` and `-` may bind as tightly: CEL reads both from the left. */
function operandTexts({ args }: Operation, { level }: Infix): readonly string[] {
  return args.map((arg, index) => print(arg, index === 0 && level === 4 ? level - 1 : level));
}

function argumentTexts({ args, rounding, bucketing }: Operation): readonly string[] {
  const texts = args.map((arg) => print(arg, 0));
  if (rounding !== null) {
    const { mode, scale, stage } = rounding;
    texts.push(quoted(mode), typeof scale === 'number' ? String(scale) : quoted(scale));
    texts.push(quoted(stage));
  }
  if (bucketing !== null) {
    const { algorithm, salt, from, to } = bucketing;
    texts.push(quoted(algorithm), quoted(salt), String(from), String(to));
  }
  return texts;
}

function broken(node: Expression, indent: number, first: number): string {
  if (node.kind === 'fact') return factText(node.name);
  const inner = indent + 2;
  const open = `\n${' '.repeat(inner)}`;
  const close = `\n${' '.repeat(indent)}`;
  if (node.kind === 'literal') {
    if (node.value.kind !== 'list') return literalText(node);
    return `[${open}${node.value.items.map(valueLiteral).join(`,${open}`)}${close}]`;
  }
  const infix = infixOf(node);
  if (infix !== undefined) {
    const flats = operandTexts(node, infix);
    return node.args
      .map((arg, index) => {
        const flat = flats[index] ?? '';
        const column = index === 0 ? first : indent + infix.sign.length + 1;
        if (column + flat.length < width) return flat;
        const isWrapped = flat.startsWith('(') && print(arg, 0) !== flat;
        const text = broken(arg, inner, inner);
        return isWrapped ? `(${open}${text}${close})` : text;
      })
      .join(`${close}${infix.sign} `);
  }
  const args = node.args.map((arg) => printExpression(arg, inner));
  if (node.op === 'not') {
    const isWrapped = print(node, 0).startsWith('!(');
    return isWrapped ? `!(${open}${args.join('')}${close})` : `!${args.join('')}`;
  }
  if (node.op === 'if') {
    const [when, then, otherwise] = node.args.map((arg) => wrapped(arg, inner));
    return `${when ?? ''}${open}? ${then ?? ''}${open}: ${otherwise ?? ''}`;
  }
  const all = [...args, ...argumentTexts(node).slice(node.args.length)];
  return `${node.op}(${open}${all.join(`,${open}`)}${close})`;
}

/** A part of an `if`: in parentheses where it is itself one, or an `or` beside a `?`. */
function wrapped(node: Expression, indent: number): string {
  const flat = print(node, 1);
  if (indent + 2 + flat.length < width) return flat;
  if (!flat.startsWith('(') || flat === print(node, 0)) return broken(node, indent, indent + 2);
  const inner = indent + 2;
  return `(\n${' '.repeat(inner)}${broken(node, inner, inner)}\n${' '.repeat(indent)})`;
}

function factText(name: string): string {
  return reservedIn(name) ? `fact(${quoted(name)})` : name;
}

function literalText({ value }: Literal): string {
  return value.kind === 'list'
    ? `[${value.items.map(valueLiteral).join(', ')}]`
    : valueLiteral(value);
}

function valueLiteral(value: Value): string {
  switch (value.kind) {
    case 'text':
      return quoted(value.text);
    case 'decimal': {
      const digits = value.decimal.toFixed();
      return digits.includes('.') ? digits : `${digits}.0`;
    }
    case 'money':
      return `money(${quoted(formatAmount(value.money))}, ${quoted(value.money.currency)})`;
    case 'bool':
    case 'integer':
    case 'list':
      return valueText(value);
  }
}
