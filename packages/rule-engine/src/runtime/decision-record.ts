import { canonicalJson } from '../language/canonical-json.ts';
import { valueToJson } from '../language/literal.ts';
import type { RuleReference } from './compile-rules.ts';
import type { Said } from './decision.ts';

/**
 * What was decided as one canonical text, to be held byte for byte against another's: JSON with
 * sorted keys of `outcome`, `value` in the stored form, `rule` as `set@version/rule@version` and
 * its `layer`; where the outcome is `unknown` also `unknowns`, the rules that could not be told, in
 * order of their names.
 *
 * It has nothing that may differ between two who decide alike: not which facts were read, nor in
 * which order, nor why a rule is unknown, for that is the first reason that was met.
 */
export function decisionRecord({ outcome, value, rule, unknowns }: Said): string {
  const [layer, name] = rule === null ? [null, null] : [rule.layer, ruleName(rule)];
  const untold = unknowns.map((each) => ruleName(each.rule)).sort();
  // A till writes this for every line that it sells, and to sort known keys takes twice as long.
  return (
    `{"layer":${JSON.stringify(layer)},"outcome":"${outcome}","rule":${JSON.stringify(name)}` +
    `${outcome === 'unknown' ? `,"unknowns":${JSON.stringify(untold)}` : ''}` +
    `,"value":${value === null ? 'null' : canonicalJson(valueToJson(value))}}`
  );
}

function ruleName({ ruleSetId, ruleSetVersion, id, version }: RuleReference): string {
  return `${ruleSetId}@${ruleSetVersion}/${id}@${version}`;
}
