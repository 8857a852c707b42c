import {
  isInEffect,
  silenceOf,
  type CompiledRules,
  type RuleReference,
} from '../runtime/compile-rules.ts';
import { typedFact, type Run } from '../runtime/run.ts';
import { unknown } from '../runtime/unknown.ts';
import { changesFor, type Change, type KnownFact } from './suggest.ts';

/** What would have to change for a rule to hold, or to let go. */
export interface Suggestion {
  readonly rule: RuleReference;
  /** `hold`: then the rule applies. `let-go`: then it no longer settles that nothing applies. */
  readonly to: 'hold' | 'let-go';
  /** The fewest facts that would have to change. */
  readonly changes: readonly Change[];
}

/**
 * What would have to change for rules that were asked and said no: one suggestion a rule, in their
 * order. None where a rule applied already.
 */
export function suggestionsOf(
  compiled: CompiledRules,
  run: Run,
  at: string,
  bar: RuleReference | null,
): readonly Suggestion[] {
  const known: KnownFact = ({ name, type }) => {
    const given = run.slots[compiled.slotOf(name)];
    const missing = unknown('FACT_MISSING', `${name} was not read`, name);
    return given === undefined ? missing : typedFact(given, name, type);
  };
  return compiled.rules
    .filter((each) => isInEffect(each.rule, at) && silenceOf(each, at) === undefined)
    .filter(({ reference }) => bar === null || reference === bar)
    .flatMap(({ rule, reference }): readonly Suggestion[] => {
      const applies = rule.then.outcome === 'applied';
      if (!applies && bar === null) return [];
      const changes = changesFor(rule.when, applies, known);
      if (changes === null || changes.length === 0) return [];
      return [{ rule: reference, to: applies ? 'hold' : 'let-go', changes }];
    });
}
