import type { RoundingPolicy } from '@sluice/money';
import type { Bucketing, Expression, Operation, Operator } from '../language/expression.ts';
import { TRUE, valueText, type Value } from '../language/value.ts';
import { isValue, type Outcome, type Unknown } from './unknown.ts';

/** What a part of the node gave, when it was visited. */
export type OutcomeOf = (part: Expression) => Outcome | undefined;

const relations: Partial<Record<Operator, readonly [whenTrue: string, whenFalse: string]>> = {
  eq: ['is', 'is not'],
  ne: ['is not', 'is'],
  lt: ['below', 'not below'],
  le: ['at most', 'above'],
  gt: ['above', 'not above'],
  ge: ['at least', 'below'],
  in: ['in', 'not in'],
};

const logicTexts: Partial<Record<Operator, readonly [whenTrue: string, whenFalse: string]>> = {
  and: ['all of these hold', 'not all of these hold'],
  or: ['one of these holds', 'none of these holds'],
  not: ['the opposite of this holds', 'the opposite of this does not hold'],
};

/** The outcome alone: `true`, `0.25 USD`, `unknown`. */
export function outcomeText(outcome: Outcome): string {
  return isValue(outcome) ? valueText(outcome) : outcome.kind;
}

/** One sentence on what a visited node did: `min(0.75 USD, 0.25 USD) = 0.25 USD`. */
export function nodeText(node: Expression, outcome: Value | Unknown, outcomeOf: OutcomeOf): string {
  if (outcome.kind === 'unknown') return outcome.message;
  if (node.kind !== 'operation') return operandText(node, outcome);
  const parts = node.args.map((arg) => operandText(arg, outcomeOf(arg)));
  const result = valueText(outcome);
  if (node.bucketing !== null) return rolloutText(node.bucketing, parts, outcome);
  const words = relations[node.op] ?? logicTexts[node.op];
  if (words === undefined) return `${formula(node, parts, outcomeOf)} = ${result}`;
  const word = words[outcome === TRUE ? 0 : 1];
  return relations[node.op] === undefined ? word : parts.join(` ${word} `);
}

function operandText(node: Expression, outcome: Outcome | undefined): string {
  const text = outcome === undefined ? 'not needed' : outcomeText(outcome);
  return node.kind === 'fact' ? `${node.name} ${text}` : text;
}

function formula(node: Operation, parts: readonly string[], outcomeOf: OutcomeOf): string {
  if (node.op === 'add') return parts.join(' + ');
  if (node.op === 'subtract') return parts.join(' - ');
  if (node.rounding !== null) return `${parts.join(' × ')}${roundingText(node.rounding)}`;
  if (node.op !== 'if') return `${node.op}(${parts.join(', ')})`;
  const [when] = node.args;
  return when !== undefined && outcomeOf(when) === TRUE ? 'then' : 'else';
}

function rolloutText(bucketing: Bucketing, parts: readonly string[], outcome: Value): string {
  const { salt, from, to } = bucketing;
  const word = outcome === TRUE ? 'in' : 'not in';
  return `${parts.join('')} ${word} buckets ${from} to ${to} of rollout "${salt}"`;
}

function roundingText({ mode, scale, stage }: RoundingPolicy): string {
  return ` (${mode}, scale ${scale}, per ${stage})`;
}
