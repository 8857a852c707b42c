import type { RuleManagement } from '../management/rule-management.ts';
import type { Terminal } from '../management/terminal.ts';
import type { CompiledRules } from '../runtime/compile-rules.ts';
import { deciding } from '../runtime/decide.ts';
import type { Decision } from '../runtime/decision.ts';
import type { GivenFact } from '../runtime/run.ts';
import { factFailed } from '../runtime/unknown.ts';
import type { FactProviders, RunRequest } from './fact-provider.ts';

/** The interface module of CN107645403B: where a terminal asks to run the rules of a business. */
export interface RuleInterface<Request extends RunRequest = RunRequest> {
  /**
   * Runs the rules of a business as they are installed now. Fetches the facts one by one, each at
   * most once, and only while the answer still depends on it; decides exactly as `decideNow` does.
   * Rejects only when `request.at` is not a day.
   */
  run(business: string, request: Request): Promise<Decision>;
}

/** What the interface module works with. */
export interface RuleInterfaceParts<Request extends RunRequest> {
  readonly management: Pick<RuleManagement, 'rulesFor'>;
  readonly terminal: Terminal;
  readonly facts: FactProviders<Request>;
}

/** Makes the interface module of one terminal. */
export function createRuleInterface<Request extends RunRequest>({
  management,
  terminal,
  facts,
}: RuleInterfaceParts<Request>): RuleInterface<Request> {
  return {
    run(business, request) {
      const { compiled } = management.rulesFor(terminal, business);
      return runOnDemand(compiled, facts, request);
    },
  };
}

async function runOnDemand<Request extends RunRequest>(
  compiled: CompiledRules,
  providers: FactProviders<Request>,
  request: Request,
): Promise<Decision> {
  const steps = deciding(compiled, request.at);
  let step = steps.next();
  while (step.done !== true) step = steps.next(await fetchFact(providers, step.value, request));
  return step.value;
}

async function fetchFact<Request extends RunRequest>(
  providers: FactProviders<Request>,
  name: string,
  request: Request,
): Promise<GivenFact> {
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (provider === undefined) return undefined;
  try {
    return await provider(request);
  } catch (thrown) {
    return factFailed(name, thrown);
  }
}
