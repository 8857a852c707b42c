import type { Expression, FactReference } from '../language/expression.ts';
import { FALSE, TRUE, valueText, type Value } from '../language/value.ts';
import { interpret, type Answer } from '../runtime/interpret.ts';
import { clausesOf, type Clause } from './clauses.ts';
import { domainText, holds, nearest } from './domain-values.ts';

/** What one fact would have to be. */
export interface Change {
  readonly fact: string;
  /** What it is; null where it is not known. */
  readonly is: Value | null;
  /** The nearest value that would do; null where no single one is nearest. */
  readonly nearest: Value | null;
  /** For people: `basket.total is 18.90 USD: it must be at least 20.00 USD`. */
  readonly text: string;
}

/** The facts as a run knows them: a value, or why there is none. */
export type KnownFact = (fact: FactReference) => Answer;

/**
 * The fewest facts that would have to change for an expression to be true, or false. Null: no
 * change of facts that the engine can name makes it so.
 */
export function changesFor(
  node: Expression,
  wanted: boolean,
  known: KnownFact,
): readonly Change[] | null {
  const ways = (clausesOf(node, wanted) ?? [])
    .map((clause) => changesOf(clause, known))
    .filter((changes) => changes !== null);
  const [first, ...others] = ways;
  if (first === undefined) return null;
  return others.reduce((best, way) => (way.length < best.length ? way : best), first);
}

function changesOf({ demands, riddles }: Clause, known: KnownFact): readonly Change[] | null {
  const changes: Change[] = [];
  const changed = new Map<string, Value>();
  for (const { fact, domain } of demands.values()) {
    const answer = known(fact);
    const is = answer.kind === 'unknown' ? null : answer;
    if (is !== null && holds(domain, is)) continue;
    const near = nearest(domain, fact.type, is);
    if (near !== null) changed.set(fact.name, near);
    const now = is === null ? 'is not known' : `is ${valueText(is)}`;
    const text = `${fact.name} ${now}: it must be ${domainText(domain, fact.type)}`;
    changes.push({ fact: fact.name, is, nearest: near, text });
  }
  const afterwards: KnownFact = (fact) => changed.get(fact.name) ?? known(fact);
  for (const { node, isTrue } of riddles.values()) {
    if (interpret(node, afterwards) !== (isTrue ? TRUE : FALSE)) return null;
  }
  return changes;
}
