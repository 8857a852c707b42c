import { FALSE, TRUE, type Value } from '../language/value.ts';
import { ask } from './ask.ts';
import type { CompiledRule } from './compile-rules.ts';
import { evaluate, type Outcomes } from './evaluate.ts';
import type { Facts } from './run.ts';
import { thrownMessage, unknown, type Pending, type Unknown } from './unknown.ts';

/** What one rule says: its value, or why it has none. */
export type Verdict = Value | Unknown | 'does-not-hold' | 'not-applied';

/**
 * Asks one rule. Never throws: what goes wrong inside a rule is that rule's unknown, and the others
 * run.
 *
 * @param outcomes where to note what each visited node gave; noting takes longer.
 */
export function judge(
  { rule, when }: Pick<CompiledRule, 'rule' | 'when'>,
  facts: Facts,
  outcomes?: Outcomes,
): Verdict | Pending {
  try {
    const quick = outcomes === undefined ? ask(when, facts) : null;
    const held = quick ?? evaluate(rule.when, facts, outcomes);
    if (held === FALSE) return 'does-not-hold';
    if (held !== TRUE) return held;
    const { then } = rule;
    return then.outcome === 'applied' ? evaluate(then.value, facts, outcomes) : 'not-applied';
  } catch (thrown) {
    return unknown('RULE_FAILED', `the rule failed: ${thrownMessage(thrown)}`);
  }
}

/** Tells a rule that waits for a fact from one that has spoken. */
export function isPending(verdict: Verdict | Pending): verdict is Pending {
  return typeof verdict !== 'string' && verdict.kind === 'pending';
}
