import type { Expression, FactReference, Operation } from '../language/expression.ts';
import type { Outcomes } from './evaluate.ts';
import { isPending, judge } from './judge.ts';
import type { Run } from './run.ts';

/** What fetching a fact costs, in any unit as long as it is one for all; 0: it is at hand. */
export type CostOf = (fact: string) => number;

/**
 * The facts to fetch next for the rule that is being asked: only such as can still change its
 * answer, those first that may settle it most cheaply, and those together that are all needed
 * anyway. Facts at hand are taken one by one, for each may spare the others.
 */
export function planFacts(
  run: Run,
  costOf: CostOf,
): readonly { readonly fact: string; readonly slot: number }[] {
  const { asking, slotOf } = run;
  if (asking === null) return [];
  const outcomes: Outcomes = new Map();
  if (!isPending(judge(asking, run, outcomes))) return [];
  const { rule } = asking;
  const plan = new Plan(outcomes, costOf);
  const value = rule.then.outcome === 'applied' ? rule.then.value : rule.when;
  const facts = plan.next(plan.isOpen(rule.when) ? rule.when : value);
  const names = [...new Set(facts.map(({ name }) => name))];
  const atHand = names.find((name) => costOf(name) <= 0);
  return (atHand === undefined ? names : [atHand]).map((fact) => ({ fact, slot: slotOf(fact) }));
}

class Plan {
  readonly #outcomes: Outcomes;
  readonly #costOf: CostOf;

  constructor(outcomes: Outcomes, costOf: CostOf) {
    this.#outcomes = outcomes;
    this.#costOf = costOf;
  }

  /** Whether facts are still to come for a node. */
  isOpen(node: Expression): boolean {
    return this.#outcomes.get(node)?.kind === 'pending';
  }

  /** The facts to fetch next for an open node. */
  next(node: Expression): readonly FactReference[] {
    if (node.kind === 'fact') return [node];
    if (node.kind === 'literal') return [];
    const open = node.args.filter((arg) => this.isOpen(arg));
    if (node.op === 'and') return this.#cheapest(open, false);
    if (node.op === 'or') return this.#cheapest(open, true);
    return open.flatMap((arg) => this.next(arg));
  }

  /** Of parts that could each settle the whole, the one that does so most cheaply; the first. */
  #cheapest(open: readonly Expression[], wanted: boolean): readonly FactReference[] {
    let best: Expression | undefined;
    let least = Infinity;
    for (const part of open) {
      const cost = this.#costToBe(wanted, part);
      if (best !== undefined && cost >= least) continue;
      [best, least] = [part, cost];
    }
    return best === undefined ? [] : this.next(best);
  }

  /** What it costs to learn that a node is as wanted, if it is: one part may do, or all must. */
  #costToBe(wanted: boolean, node: Expression): number {
    if (!this.isOpen(node) || node.kind === 'literal') return 0;
    if (node.kind === 'fact') return this.#costOf(node.name);
    const costs = this.#costs(node, node.op === 'not' ? !wanted : wanted);
    if (node.op !== 'and' && node.op !== 'or') return Math.max(...costs);
    const oneDoes = (node.op === 'or') === wanted;
    return oneDoes ? Math.min(...costs) : costs.reduce((sum, cost) => sum + cost, 0);
  }

  #costs({ args }: Operation, wanted: boolean): readonly number[] {
    return args.filter((arg) => this.isOpen(arg)).map((arg) => this.#costToBe(wanted, arg));
  }
}
