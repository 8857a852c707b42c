import type { Expression } from '../language/expression.ts';
import type { Then } from '../language/rule-set.ts';
import type { ValueType } from '../language/value-type.ts';
import { both, demanding, factKey, type Clause } from './clauses.ts';
import { areApart, complement, isEmpty, isWithin } from './domain.ts';

/** One way in which an earlier rule decides. */
export interface Cover {
  readonly clause: Clause;
  readonly then: Then;
}

/** How much may still be compared; when it is used up, nothing more is claimed. */
export interface Fuel {
  left: number;
}

/** What it takes to look at two clauses closely, beside a glance that tells them apart. */
const closeLook = 300;

/** The covers of a list from one place to another. */
export interface Stretch {
  readonly covers: readonly Cover[];
  readonly from: number;
  readonly until: number;
}

/**
 * Whether an earlier rule decides whenever a clause holds. True only when it is sure: the clause
 * is split by what the earlier rules demand of facts that the clause has, so that nothing can be
 * both missing and covered.
 */
export function isCovered(clause: Clause, { covers, from, until }: Stretch, fuel: Fuel): boolean {
  for (let place = from; place < until; place += 1) {
    const cover = covers[place];
    fuel.left -= 1;
    if (fuel.left < 0 || cover === undefined) return false;
    const { clause: other, then } = cover;
    if (areClausesApart(clause, other)) continue;
    fuel.left -= closeLook;
    const shared = both(clause, other);
    if (shared === null || !isTold(then, shared)) continue;
    const open = openDemands(clause, other);
    if (open === null) continue;
    const [key] = open;
    if (key === undefined) return true;
    const demand = other.demands.get(key);
    if (demand === undefined) continue;
    const { fact, domain } = demand;
    const rest = complement(domain, fact.type);
    const outside = isEmpty(rest) ? null : both(clause, demanding(fact, rest));
    const inside = both(clause, demanding(fact, domain));
    return (
      (inside === null || isCovered(inside, { covers, from: place, until }, fuel)) &&
      (outside === null || isCovered(outside, { covers, from: place + 1, until }, fuel))
    );
  }
  return false;
}

function areClausesApart(clause: Clause, other: Clause): boolean {
  for (const [key, { domain }] of other.demands) {
    const known = clause.demands.get(key);
    if (known !== undefined && areApart(known.domain, domain)) return true;
  }
  return false;
}

/** What the other demands beyond a clause; null when it is more than a split can tell. */
function openDemands(clause: Clause, other: Clause): readonly string[] | null {
  for (const key of other.riddles.keys()) if (!clause.riddles.has(key)) return null;
  const open: string[] = [];
  for (const [key, { fact, domain }] of other.demands) {
    const known = clause.demands.get(key);
    if (known === undefined) return null;
    if (!isWithin(known.domain, domain, fact.type)) open.push(key);
  }
  return open;
}

/** Whether a rule that holds is sure to speak: its value cannot be unknown. */
function isTold(then: Then, clause: Clause): boolean {
  return then.outcome !== 'applied' || hasValue(then.value, clause);
}

function hasValue(node: Expression, clause: Clause): boolean {
  if (node.kind === 'literal') return true;
  if (node.kind === 'fact') return clause.demands.has(factKey(node));
  const types = node.args.map(({ type }) => type);
  return types.every(isBound) && node.args.every((arg) => hasValue(arg, clause));
}

/** Money of an open currency may not go together with other money. */
function isBound(type: ValueType): boolean {
  const one = type.kind === 'list' ? type.of : type;
  return one.kind !== 'money' || one.currency !== null;
}
