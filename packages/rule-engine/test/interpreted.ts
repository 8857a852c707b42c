import { placeRules } from '../src/runtime/compile-rules.ts';
import type { RuleSet, Said, UnknownRule, Value } from '../src/index.ts';
import { interpret, type FactOf } from '../src/runtime/interpret.ts';
import { typedFact } from '../src/runtime/run.ts';
import { unknown } from '../src/runtime/unknown.ts';

/** Facts as the interpreter reads them: those that are not given are missing. */
export function interpreting(given: Readonly<Record<string, Value>>): FactOf {
  return ({ name, type }) => {
    const value = given[name];
    return value === undefined
      ? unknown('FACT_MISSING', `${name} is missing`, name)
      : typedFact(value, name, type);
  };
}

/** What the rules of the business `b` say, by the plain interpreter; all are in effect. */
export function interpretSet(set: RuleSet, given: Readonly<Record<string, Value>>): Said {
  const factOf = interpreting(given);
  const unknowns: UnknownRule[] = [];
  for (const { rule, reference } of placeRules([set], 'b')) {
    const held = interpret(rule.when, factOf);
    if (held.kind === 'bool' && !held.bool) continue;
    const { then } = rule;
    const said =
      held.kind === 'bool' && then.outcome === 'applied' ? interpret(then.value, factOf) : held;
    if (said.kind === 'unknown') {
      unknowns.push({ rule: reference, reason: said });
    } else if (then.outcome === 'applied') {
      return { outcome: 'applied', value: said, rule: reference, unknowns };
    } else {
      return { outcome: 'not-applied', value: null, rule: reference, unknowns };
    }
  }
  const outcome = unknowns.length > 0 ? 'unknown' : 'not-applied';
  return { outcome, value: null, rule: null, unknowns };
}
