import { expectAnswer } from '@sluice/money';
import {
  compileRules,
  createRuleInterface,
  decide,
  decisionRecord,
  digestOf,
  explain,
  parseRuleSet,
  parseValue,
  type CompiledRules,
  type Value,
} from '@sluice/rule-engine';
import { sleep } from '@temporalio/workflow';

/** A rule set and what to decide by it, all in the stored form. */
export interface DecideInput {
  readonly ruleSet: unknown;
  readonly business: string;
  /** `YYYY-MM-DD`. */
  readonly at: string;
  readonly requests: readonly Readonly<Record<string, unknown>>[];
}

/** One request decided with its facts at hand and with facts that come late, and in words. */
export interface Decided {
  readonly atOnce: string;
  readonly late: string;
  readonly words: string;
}

/** What was decided, and by which content. */
export interface DecideResult {
  readonly digest: string;
  readonly decided: readonly Decided[];
}

/** Decides each request; then waits for each that a rule applied to: a replay sees how many. */
export async function decideInWorkflow(input: DecideInput): Promise<DecideResult> {
  const rules = rulesOf(input);
  const decided: Decided[] = [];
  for (const request of input.requests) decided.push(await decideRequest(rules, request, input));
  const applied = decided.filter(({ atOnce }) => atOnce.includes('"outcome":"applied"'));
  await Promise.all(applied.map(() => sleep(1)));
  return { digest: digestOf(input.ruleSet), decided };
}

/** The rules of the business, compiled. */
export function rulesOf({ ruleSet, business }: DecideInput): CompiledRules {
  return compileRules(expectAnswer(parseRuleSet(ruleSet)), business);
}

/** Decides one request both ways. */
export async function decideRequest(
  compiled: CompiledRules,
  request: DecideInput['requests'][number],
  { business, at }: DecideInput,
): Promise<Decided> {
  const facts = Object.fromEntries(
    Object.entries(request).map(([name, json]) => [name, expectAnswer(parseValue(json))]),
  );
  const terminal = { deviceId: 'workflow' };
  const late = createRuleInterface({
    terminal,
    management: { rulesFor: () => ({ terminal, business, ruleSets: [], compiled }) },
    facts: Object.fromEntries(
      Object.entries(facts).map(([name, value]) => {
        return [name, { provide: (): Promise<Value> => Promise.resolve(value), cost: 1 }];
      }),
    ),
  });
  const atOnce = decide(compiled, facts, at);
  return {
    atOnce: decisionRecord(atOnce),
    late: decisionRecord(await late.run(business, { at })),
    words: explain(atOnce),
  };
}
