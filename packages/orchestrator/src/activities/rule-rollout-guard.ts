import {
  boolValue,
  expressionToJson,
  type Expression,
  type Rule,
  type RuleSet,
} from '@sluice/rule-engine';

/** Whether a rollout of this salt stands in a rule. */
export function hasRollout({ when, then }: Rule, salt: string): boolean {
  return standsIn(when, salt) || (then.outcome === 'applied' && standsIn(then.value, salt));
}

function standsIn(node: Expression, salt: string): boolean {
  if (node.kind !== 'operation') return false;
  return node.bucketing?.salt === salt || node.args.some((arg) => standsIn(arg, salt));
}

/**
 * Which rules of a draft differ from its base even for those whom the rollout of a salt does not
 * reach: they would change for all at once. The rollout is taken for false and what follows from
 * that is worked out; a rule that then never holds counts as not there. Sound, not complete: what
 * it cannot tell to be the same differs.
 */
export function unguardedRules(draft: RuleSet, base: RuleSet, salt: string): readonly string[] {
  const without = draft.rules.map((rule) => withoutReach(rule, salt));
  const left = without.filter((rule) => isInBase(rule, base) || !isFalse(rule.when));
  const [before, after] = [base.rules.map((rule) => withoutReach(rule, salt)), left];
  const differing = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => {
    const [was, is] = [before[index], after[index]];
    if (was !== undefined && is !== undefined && meaningOf(was) === meaningOf(is)) return [];
    return [is?.id ?? was?.id ?? ''];
  });
  return [...new Set(differing.flat())];
}

/** The rules of a draft that its base does not have. */
export function addedRules(draft: RuleSet, base: RuleSet): readonly Rule[] {
  return draft.rules.filter((rule) => !isInBase(rule, base));
}

function isInBase({ id, business }: Rule, base: RuleSet): boolean {
  return base.rules.some((rule) => rule.id === id && rule.business === business);
}

/** What a rule does; its version and description are for people. */
function meaningOf({ id, business, effectiveFrom, effectiveTo, lock, when, then }: Rule): string {
  const value = then.outcome === 'applied' ? expressionToJson(then.value) : null;
  return JSON.stringify([
    ...[id, business, effectiveFrom, effectiveTo, lock],
    ...[expressionToJson(when), then.outcome, value],
  ]);
}

function withoutReach(rule: Rule, salt: string): Rule {
  const { when, then } = rule;
  return {
    ...rule,
    when: simplified(when, salt),
    then: then.outcome === 'applied' ? { ...then, value: simplified(then.value, salt) } : then,
  };
}

function simplified(node: Expression, salt: string): Expression {
  if (node.kind !== 'operation') return node;
  if (node.bucketing?.salt === salt) return literal(false);
  const args = node.args.map((arg) => simplified(arg, salt));
  const { op } = node;
  if (op === 'and') return args.some(isFalse) ? literal(false) : ofMany({ ...node, args }, isTrue);
  if (op === 'or') return args.some(isTrue) ? literal(true) : ofMany({ ...node, args }, isFalse);
  if (op === 'not' && args.every(isFalse)) return literal(true);
  const [when, then, otherwise] = args;
  if (op === 'if' && when && then && otherwise) {
    if (isFalse(when)) return otherwise;
    if (isTrue(when)) return then;
  }
  return { ...node, args };
}

/** An `and` without what is true, an `or` without what is false. */
function ofMany(
  node: Extract<Expression, { kind: 'operation' }>,
  idle: (arg: Expression) => boolean,
): Expression {
  const args = node.args.filter((arg) => !idle(arg));
  const [only] = args;
  if (only === undefined) return literal(node.op === 'and');
  return args.length === 1 ? only : { ...node, args };
}

function literal(bool: boolean): Expression {
  return { kind: 'literal', value: boolValue(bool), type: { kind: 'bool' } };
}

function isFalse(node: Expression): boolean {
  return node.kind === 'literal' && node.value.kind === 'bool' && !node.value.bool;
}

function isTrue(node: Expression): boolean {
  return node.kind === 'literal' && node.value.kind === 'bool' && node.value.bool;
}
