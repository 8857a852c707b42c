import type { Expression, FactReference, Operation } from '../language/expression.ts';
import { expressionToJson } from '../language/stored-form.ts';
import { typeName } from '../language/value-type.ts';
import { FALSE, TRUE, type Value } from '../language/value.ts';
import { interpret } from '../runtime/interpret.ts';
import { unknown } from '../runtime/unknown.ts';
import { complement, everything, intersect, isEmpty, numberOf, type Domain } from './domain.ts';

/** What one fact must be. */
export interface Demand {
  readonly fact: FactReference;
  readonly domain: Domain;
}

/** A part that is not looked into, and whether it must be true or false. */
export interface Riddle {
  readonly node: Expression;
  readonly isTrue: boolean;
}

/**
 * One way in which a condition holds: every fact within its domain and every riddle as it says. All
 * its facts are there, for a comparison with a missing fact never holds.
 */
export interface Clause {
  readonly demands: ReadonlyMap<string, Demand>;
  readonly riddles: ReadonlyMap<string, Riddle>;
}

/** More ways than this and a condition is let be. */
const mostClauses = 256;

/** The clause that demands nothing. */
export const anything: Clause = { demands: new Map(), riddles: new Map() };

/**
 * All ways in which an expression is true, or false: exactly those in which three-valued evaluation
 * gives that very answer. None: it never does. Null: too many to look at.
 */
export function clausesOf(node: Expression, wanted: boolean): readonly Clause[] | null {
  if (node.kind === 'literal') return node.value === (wanted ? TRUE : FALSE) ? [anything] : [];
  if (node.kind === 'fact') {
    const bit = wanted ? 1n : 0n;
    return [demanding(node, { of: 'numbers', spans: [[bit, bit]] })];
  }
  const [first, second, third] = node.args;
  if (node.op === 'not' && first !== undefined) return clausesOf(first, !wanted);
  if (node.op === 'and' || node.op === 'or') {
    const ways = node.args.map((arg) => clausesOf(arg, wanted));
    return (node.op === 'and') === wanted ? all(ways) : any(ways);
  }
  if (node.op === 'if' && first !== undefined && second !== undefined && third !== undefined) {
    const taken = all([clausesOf(first, true), clausesOf(second, wanted)]);
    return any([taken, all([clausesOf(first, false), clausesOf(third, wanted)])]);
  }
  return comparisonClauses(node, wanted);
}

type Ways = readonly Clause[] | null;

function any(ways: readonly Ways[]): Ways {
  const found: Clause[] = [];
  for (const each of ways) {
    if (each === null || found.length + each.length > mostClauses) return null;
    found.push(...each);
  }
  return found;
}

function all(ways: readonly Ways[]): Ways {
  let found: readonly Clause[] = [anything];
  for (const each of ways) {
    if (each === null || found.length * each.length > mostClauses) return null;
    found = found.flatMap((left) =>
      each.map((right) => both(left, right)).filter((clause) => clause !== null),
    );
  }
  return found;
}

/** The clause that demands what both demand; null when nothing can be both. */
export function both(left: Clause, right: Clause): Clause | null {
  const demands = new Map(left.demands);
  for (const [key, demand] of right.demands) {
    const known = demands.get(key);
    const domain = known === undefined ? demand.domain : intersect(known.domain, demand.domain);
    if (isEmpty(domain)) return null;
    demands.set(key, { fact: demand.fact, domain });
  }
  const riddles = new Map(left.riddles);
  for (const [key, riddle] of right.riddles) {
    const known = riddles.get(key);
    if (known !== undefined && known.isTrue !== riddle.isTrue) return null;
    riddles.set(key, riddle);
  }
  return { demands, riddles };
}

/** A clause of one demand. */
export function demanding(fact: FactReference, domain: Domain): Clause {
  return { demands: new Map([[factKey(fact), { fact, domain }]]), riddles: new Map() };
}

/** Two sets may declare one name with two types: then these are two facts. */
export function factKey({ name, type }: FactReference): string {
  return `${name} ${typeName(type)}`;
}

function comparisonClauses(node: Operation, wanted: boolean): readonly Clause[] {
  if (isConstant(node)) {
    const answer = interpret(node, () => unknown('FACT_MISSING', 'there is no fact'));
    return answer === (wanted ? TRUE : FALSE) ? [anything] : [];
  }
  const demand = demandOf(node);
  if (demand !== null) {
    const { fact, domain } = demand;
    const held = wanted ? domain : complement(domain, fact.type);
    return isEmpty(held) ? [] : [demanding(fact, held)];
  }
  const riddle: Riddle = { node, isTrue: wanted };
  const key = JSON.stringify(expressionToJson(node));
  const needed = neededFacts(node).flatMap((fact) => {
    const domain = everything(fact.type);
    return domain === null ? [] : ([[factKey(fact), { fact, domain }]] as const);
  });
  return [{ demands: new Map(needed), riddles: new Map([[key, riddle]]) }];
}

function isConstant(node: Expression): boolean {
  if (node.kind !== 'operation') return node.kind === 'literal';
  return node.args.every(isConstant);
}

/** The facts without which a comparison, a product or a rollout has no answer. */
function neededFacts(node: Expression): readonly FactReference[] {
  if (node.kind === 'fact') return [node];
  if (node.kind === 'literal' || node.op === 'and' || node.op === 'or') return [];
  return node.args.slice(0, node.op === 'if' ? 1 : undefined).flatMap(neededFacts);
}

const mirrored: Partial<Record<string, string>> = { lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' };

function demandOf({ op, args }: Operation): Demand | null {
  const [left, right] = args;
  if (left?.kind === 'fact' && right?.kind === 'literal') return demandFor(op, left, right.value);
  if (left?.kind !== 'literal' || right?.kind !== 'fact' || op === 'in') return null;
  return demandFor(mirrored[op] ?? op, right, left.value);
}

function demandFor(op: string, fact: FactReference, value: Value): Demand | null {
  if (everything(fact.type) === null) return null;
  const domain = op === 'in' ? listed(value) : compared(op, value);
  if (domain === null) return null;
  return { fact, domain: op === 'ne' ? complement(domain, fact.type) : domain };
}

function listed(list: Value): Domain | null {
  const items = list.kind === 'list' ? list.items : [];
  const numbers = items.map(numberOf).filter((number) => number !== null);
  const texts = items.flatMap((item) => (item.kind === 'text' ? [item.text] : []));
  if (texts.length > 0) return { of: 'texts', except: false, texts: new Set(texts) };
  const sorted = [...new Set(numbers)].sort((left, right) => (left < right ? -1 : 1));
  return { of: 'numbers', spans: sorted.map((number) => [number, number]) };
}

function compared(op: string, value: Value): Domain | null {
  if (value.kind === 'text') return { of: 'texts', except: false, texts: new Set([value.text]) };
  const number = numberOf(value);
  if (number === null) return null;
  if (op === 'lt') return { of: 'numbers', spans: [[null, number - 1n]] };
  if (op === 'le') return { of: 'numbers', spans: [[null, number]] };
  if (op === 'gt') return { of: 'numbers', spans: [[number + 1n, null]] };
  if (op === 'ge') return { of: 'numbers', spans: [[number, null]] };
  return op === 'eq' || op === 'ne' ? { of: 'numbers', spans: [[number, number]] } : null;
}
