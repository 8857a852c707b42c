import { isDate } from '../language/text-forms.ts';
import type { Value } from '../language/value.ts';
import { isInEffect, replacement, type CompiledRules } from './compile-rules.ts';
import { MadeDecision, type Decision, type Said, type UnknownRule } from './decision.ts';
import { isPending, judge } from './judge.ts';
import { startRun, supply, type GivenFact } from './run.ts';
import { factFailed } from './unknown.ts';

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
  const steps = deciding(compiled, at);
  let step = steps.next();
  while (step.done !== true) step = steps.next(askSafely(facts, step.value));
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
 * The way to a decision, one fact at a time: yields the name of the next fact that the answer hangs
 * on and takes what became of it. The one algorithm behind the synchronous and the asynchronous
 * face, so both decide alike.
 */
export function* deciding(
  compiled: CompiledRules,
  at: string,
): Generator<string, Decision, GivenFact> {
  if (!isDate(at)) throw new RangeError(`"${at}" is not a business day: write it like 2017-07-03`);
  const run = startRun();
  const unknowns: UnknownRule[] = [];
  const made = (said: Omit<Said, 'unknowns'>): Decision =>
    new MadeDecision({ ...said, unknowns }, compiled, run, at);
  for (const candidate of compiled.rules) {
    if (!isInEffect(candidate.rule, at) || replacement(candidate, at) !== undefined) continue;
    let verdict = judge(candidate, run);
    while (isPending(verdict)) {
      supply(run, verdict, yield verdict.fact);
      verdict = judge(candidate, run);
    }
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

function askSafely(facts: (name: string) => Value | undefined, name: string): GivenFact {
  try {
    return facts(name);
  } catch (thrown) {
    return factFailed(name, thrown);
  }
}
