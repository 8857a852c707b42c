import type { Expression } from '../language/expression.ts';
import type { Rule, RuleSet, Then } from '../language/rule-set.ts';

/**
 * The next step of a staged rollout: the rule set under a new version in which every `rollout` of a
 * salt reaches up to another bucket. Nobody who is in leaves as it grows, for buckets stay.
 */
export function withReach(
  ruleSet: RuleSet,
  { salt, to, version }: { readonly salt: string; readonly to: number; readonly version: number },
): RuleSet {
  const reach = (node: Expression): Expression => {
    if (node.kind !== 'operation') return node;
    const args = node.args.map(reach);
    const { bucketing } = node;
    if (bucketing?.salt !== salt) return { ...node, args };
    return { ...node, args, bucketing: { ...bucketing, to: Math.max(bucketing.from, to) } };
  };
  const rules = ruleSet.rules.map((rule): Rule => {
    const { then } = rule;
    const value: Then = then.outcome === 'applied' ? { ...then, value: reach(then.value) } : then;
    return { ...rule, when: reach(rule.when), then: value };
  });
  return Object.freeze({ ...ruleSet, version, rules });
}
