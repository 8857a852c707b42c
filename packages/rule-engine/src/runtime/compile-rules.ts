import { layers, type Layer, type Rule, type RuleSet } from '../language/rule-set.ts';
import { compileExpression, type Evaluate, type SlotOf } from './compile-expression.ts';

/** Which rule of which set spoke, and for which layer. */
export interface RuleReference {
  readonly id: string;
  readonly version: number;
  readonly ruleSetId: string;
  readonly ruleSetVersion: number;
  readonly layer: Layer;
}

/** A rule as closures. */
export interface CompiledRule {
  readonly reference: RuleReference;
  readonly rule: Rule;
  readonly when: Evaluate;
  /** Null for a rule whose outcome is `not-applied`. */
  readonly value: Evaluate | null;
  /** Rules of the same id in narrower layers: on the days of one of these, this one is silent. */
  readonly replacedBy: readonly CompiledRule[];
}

/** The rule tree of one business, compiled once, run any number of times; it never changes. */
export interface CompiledRules {
  readonly business: string;
  /** In the order they are asked: narrowest layer first, then by set id, then as written. */
  readonly rules: readonly CompiledRule[];
  /** Every fact that the rules could ask for. */
  readonly factNames: readonly string[];
  /** Where a run keeps each fact. */
  readonly slotOf: SlotOf;
}

/** Compiles the rules of one business from one rule set. */
export function compileRules(ruleSet: RuleSet, business: string): CompiledRules {
  return compileLayers([ruleSet], business);
}

/**
 * Compiles the rules of one business from several sets, merged rule by rule: a rule replaces those
 * of the same id in wider layers, on the days it is in effect.
 */
export function compileLayers(ruleSets: readonly RuleSet[], business: string): CompiledRules {
  const slots = new Map<string, number>();
  const slotOf: SlotOf = (name) => {
    const slot = slots.get(name) ?? slots.size;
    slots.set(name, slot);
    return slot;
  };
  const narrower = new Map<string, readonly CompiledRule[]>();
  const rules: CompiledRule[] = [];
  for (const layer of layers.toReversed()) {
    const ofLayer = ruleSets
      .filter(({ scope }) => scope.level === layer)
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .flatMap((ruleSet) => compileSet(ruleSet, business, slotOf, narrower));
    for (const [id, twins] of Map.groupBy(ofLayer, ({ rule }) => rule.id)) {
      narrower.set(id, [...(narrower.get(id) ?? []), ...twins]);
    }
    rules.push(...ofLayer);
  }
  return Object.freeze({ business, rules, factNames: [...slots.keys()], slotOf });
}

function compileSet(
  ruleSet: RuleSet,
  business: string,
  slotOf: SlotOf,
  narrower: ReadonlyMap<string, readonly CompiledRule[]>,
): readonly CompiledRule[] {
  return ruleSet.rules
    .filter((rule) => rule.business === business)
    .map((rule) => compileRule(rule, ruleSet, slotOf, narrower.get(rule.id) ?? []));
}

function compileRule(
  rule: Rule,
  ruleSet: RuleSet,
  slotOf: SlotOf,
  replacedBy: readonly CompiledRule[],
): CompiledRule {
  return {
    reference: {
      id: rule.id,
      version: rule.version,
      ruleSetId: ruleSet.id,
      ruleSetVersion: ruleSet.version,
      layer: ruleSet.scope.level,
    },
    rule,
    when: compileExpression(rule.when, slotOf),
    value: rule.then.outcome === 'applied' ? compileExpression(rule.then.value, slotOf) : null,
    replacedBy,
  };
}

/** Whether a rule is in effect on a day. */
export function isInEffect({ effectiveFrom, effectiveTo }: Rule, day: string): boolean {
  return (
    (effectiveFrom === null || effectiveFrom <= day) && (effectiveTo === null || day < effectiveTo)
  );
}

/** The narrower rule that silences this one on a day, if there is one. */
export function replacement(compiled: CompiledRule, day: string): CompiledRule | undefined {
  return compiled.replacedBy.find(({ rule }) => isInEffect(rule, day));
}
