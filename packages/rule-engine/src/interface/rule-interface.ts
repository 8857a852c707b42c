import type { RuleManagement } from '../management/rule-management.ts';
import type { Terminal } from '../management/terminal.ts';
import type { Budget } from '../runtime/budget.ts';
import type { CompiledRules } from '../runtime/compile-rules.ts';
import { deciding } from '../runtime/decide.ts';
import type { Decision } from '../runtime/decision.ts';
import { planFacts, type CostOf } from '../runtime/plan.ts';
import { startRun, supply } from '../runtime/run.ts';
import type { FactProviders, RunRequest, Timer } from './fact-provider.ts';
import { fetchFact, providerOf } from './fetch-fact.ts';

/** The interface module of CN107645403B: where a terminal asks to run the rules of a business. */
export interface RuleInterface<Request extends RunRequest = RunRequest> {
  /**
   * Runs the rules of a business as they are installed now. Fetches each fact at most once, and
   * only while the answer still depends on it: what is cheap and may settle the matter first, and
   * costly facts that are all needed at the same time. It decides as `decideNow` does; of several
   * reasons why a rule cannot be told it may meet another one first.
   *
   * Rejects only when `request.at` is not a day.
   */
  run(business: string, request: Request): Promise<Decision>;
}

/** What the interface module works with. */
export interface RuleInterfaceParts<Request extends RunRequest> {
  readonly management: Pick<RuleManagement, 'rulesFor'>;
  readonly terminal: Terminal;
  readonly facts: FactProviders<Request>;
  /** Needed when a provider has a time-out. */
  readonly timer?: Timer;
  /** How many steps a run may take, where it is not the usual. */
  readonly budget?: Budget;
}

/** Makes the interface module of one terminal. Throws for a time-out without a timer. */
export function createRuleInterface<Request extends RunRequest>(
  parts: RuleInterfaceParts<Request>,
): RuleInterface<Request> {
  const { management, terminal, facts, timer } = parts;
  for (const name of Object.keys(facts)) {
    if (timer !== undefined || providerOf(facts, name)?.timeoutMs === undefined) continue;
    throw new TypeError(`the provider of ${name} has a time-out: give the interface a timer`);
  }
  return {
    run(business, request) {
      const { compiled } = management.rulesFor(terminal, business);
      return runOnDemand(compiled, parts, request);
    },
  };
}

async function runOnDemand<Request extends RunRequest>(
  compiled: CompiledRules,
  { facts, timer, budget }: RuleInterfaceParts<Request>,
  request: Request,
): Promise<Decision> {
  const run = startRun(compiled);
  const costOf: CostOf = (name) => providerOf(facts, name)?.cost ?? 0;
  const isFree = compiled.factNames.every((name) => costOf(name) <= 0);
  const steps = deciding(compiled, request.at, run, budget);
  let step = steps.next();
  while (step.done !== true) {
    const wanted = isFree ? [step.value] : planFacts(run, costOf);
    const given = await Promise.all(
      wanted.map(({ fact }) => fetchFact(fact, providerOf(facts, fact), request, timer)),
    );
    for (const [index, fact] of wanted.entries()) supply(run, fact, given[index]);
    step = steps.next();
  }
  return step.value;
}
