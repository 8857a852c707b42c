import { FALSE, TRUE, type Value } from '../language/value.ts';
import type { Evaluate } from './compile-expression.ts';
import type { Run } from './run.ts';
import { thrownMessage, unknown, type Outcome, type Pending, type Unknown } from './unknown.ts';

/** The two halves of a rule, as the judge needs them. */
export interface Judged {
  readonly when: Evaluate;
  readonly value: Evaluate | null;
}

/** What one rule says: its value, or why it has none. */
export type Verdict = Value | Unknown | 'does-not-hold' | 'not-applied';

/**
 * Asks one rule. Never throws: what goes wrong inside a rule is that rule's unknown, and the others
 * run.
 */
export function judge({ when, value }: Judged, run: Run): Verdict | Pending {
  const held = attempt(when, run);
  if (held === FALSE) return 'does-not-hold';
  if (held !== TRUE) return held;
  return value === null ? 'not-applied' : attempt(value, run);
}

/** Tells a rule that waits for a fact from one that has spoken. */
export function isPending(verdict: Verdict | Pending): verdict is Pending {
  return typeof verdict !== 'string' && verdict.kind === 'pending';
}

function attempt(evaluate: Evaluate, run: Run): Outcome {
  try {
    return evaluate(run);
  } catch (thrown) {
    return unknown('RULE_FAILED', `the rule failed: ${thrownMessage(thrown)}`);
  }
}
