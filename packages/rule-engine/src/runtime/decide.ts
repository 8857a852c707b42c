import { isDate } from '../language/text-forms.ts';
import type { Value } from '../language/value.ts';
import { overdrawn, usualBudget, type Budget } from './budget.ts';
import { isInEffect, silenceOf, type CompiledRules } from './compile-rules.ts';
import { MadeDecision, type Decision, type Said, type UnknownRule } from './decision.ts';
import { isPending, judge, type Verdict } from './judge.ts';
import { startRun, supply, type GivenFact, type Run } from './run.ts';
import { factFailed, type Pending } from './unknown.ts';

/**
 * Decides a business at once, for callers that have every fact at hand (the bulk lane):
 * synchronous, without a clock. The first rule that holds decides; a rule that cannot be told is
 * noted and the next is asked.
 *
 * @param facts gives a fact by name, undefined when it is not there; asked at most once per name,
 *   and only while the answer still depends on it. Throwing makes that fact unknown.
 * @param at the business day, `YYYY-MM-DD`; anything else throws `RangeError`.
 */
export function decideNow(
  compiled: CompiledRules,
  facts: (name: string) => Value | undefined,
  at: string,
): Decision {
  const run = startRun(compiled);
  const steps = deciding(compiled, at, run);
  let step = steps.next();
  while (step.done !== true) {
    supply(run, step.value, askSafely(facts, step.value.fact));
    step = steps.next();
  }
  return step.value;
}

/** {@link decideNow} with the facts in an object. */
export function decide(
  compiled: CompiledRules,
  facts: Readonly<Record<string, Value>>,
  at: string,
): Decision {
  return decideNow(compiled, (name) => (Object.hasOwn(facts, name) ? facts[name] : undefined), at);
}

/**
 * The way to a decision: yields a fact that the answer hangs on and goes on once this fact, or
 * another that the same rule waits for, was supplied to the run. The one algorithm behind the
 * synchronous and the asynchronous face, so both decide alike.
 */
export function* deciding(
  compiled: CompiledRules,
  at: string,
  run: Run,
  budget: Budget = usualBudget,
): Generator<Pending, Decision, void> {
  if (!isDate(at)) throw new RangeError(`"${at}" is not a business day: write it like 2017-07-03`);
  let spent = 0;
  const unknowns: UnknownRule[] = [];
  const made = (said: Omit<Said, 'unknowns'>): Decision =>
    new MadeDecision({ ...said, unknowns }, compiled, run, at);
  for (const candidate of compiled.index?.candidates(run) ?? compiled.rules) {
    if (!isInEffect(candidate.rule, at) || silenceOf(candidate, at) !== undefined) continue;
    const { steps } = candidate.rule;
    run.asking = candidate;
    let taken = steps;
    let verdict = overdrawn(budget, taken, spent + taken) ?? judge(candidate, run);
    while (isPending(verdict)) {
      yield verdict;
      taken += steps;
      verdict = overdrawn(budget, taken, spent + taken) ?? judge(candidate, run);
    }
    // What a fenced rule was not asked does not take from those after it.
    spent += isOverdrawn(verdict) ? taken - steps : taken;
    const rule = candidate.reference;
    if (verdict === 'does-not-hold') continue;
    if (verdict === 'not-applied') return made({ outcome: 'not-applied', value: null, rule });
    if (verdict.kind !== 'unknown') return made({ outcome: 'applied', value: verdict, rule });
    unknowns.push({ rule, reason: verdict });
  }
  return made({
    outcome: unknowns.length > 0 ? 'unknown' : 'not-applied',
    value: null,
    rule: null,
  });
}

function isOverdrawn(verdict: Verdict): boolean {
  return (
    typeof verdict !== 'string' && verdict.kind === 'unknown' && verdict.code === 'BUDGET_EXCEEDED'
  );
}

function askSafely(facts: (name: string) => Value | undefined, name: string): GivenFact {
  try {
    return facts(name);
  } catch (thrown) {
    return factFailed(name, thrown);
  }
}
