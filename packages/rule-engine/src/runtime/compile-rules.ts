import { layers, type Layer, type Rule, type RuleSet } from '../language/rule-set.ts';
import { factNamesOf } from '../language/fact-names.ts';
import { questionsOf, type Next } from './question.ts';
import { indexRules, type RuleIndex } from './rule-index.ts';
import type { SlotOf } from './run.ts';

/** Which rule of which set spoke, and for which layer. */
export interface RuleReference {
  readonly id: string;
  readonly version: number;
  readonly ruleSetId: string;
  readonly ruleSetVersion: number;
  readonly layer: Layer;
}

/** A rule among those of its id in the other layers. */
export interface PlacedRule {
  readonly reference: RuleReference;
  readonly rule: Rule;
  /** Rules of the same id in narrower layers: on the days of one of these, this one is silent. */
  readonly replacedBy: readonly PlacedRule[];
  /** Locked rules of the same id in wider layers: on their days, this one is silent. */
  readonly lockedBy: readonly PlacedRule[];
}

/** A rule with its condition as questions. */
export interface CompiledRule extends PlacedRule {
  readonly when: Next;
}

/** The rule tree of one business, compiled once, run any number of times; it never changes. */
export interface CompiledRules {
  readonly business: string;
  /** In the order they are asked: narrowest layer first, then by set id, then as written. */
  readonly rules: readonly CompiledRule[];
  /** Every fact that the rules could ask for, by slot. */
  readonly factNames: readonly string[];
  /** Where a run keeps each fact. */
  readonly slotOf: SlotOf;
  /** Finds the rules that an input could match; null where there are too few to gain by it. */
  readonly index: RuleIndex | null;
}

/** Compiles the rules of one business from one rule set. */
export function compileRules(ruleSet: RuleSet, business: string): CompiledRules {
  return compileLayers([ruleSet], business);
}

/**
 * Compiles the rules of one business from several sets, merged rule by rule: on the days it is in
 * effect, a rule replaces or disables those of its id in wider layers, unless one is locked.
 */
export function compileLayers(ruleSets: readonly RuleSet[], business: string): CompiledRules {
  const slots = new Map<string, number>();
  const slotOf: SlotOf = (name) => {
    const known = slots.get(name);
    if (known !== undefined) return known;
    slots.set(name, slots.size);
    return slots.size - 1;
  };
  const rules = placeRules(ruleSets, business)
    .filter(({ rule }) => rule.then.outcome !== 'disabled')
    .map((placed) => compileRule(placed, slotOf));
  const index = indexRules(rules, slotOf);
  return Object.freeze({ business, rules, factNames: [...slots.keys()], slotOf, index });
}

interface Growing extends PlacedRule {
  replacedBy: readonly PlacedRule[];
  lockedBy: readonly PlacedRule[];
}

/** One for all: most rules have no kin in other layers. */
const none: readonly PlacedRule[] = Object.freeze([]);

/** The rules of one business in the order they are asked, each with its kin of other layers. */
export function placeRules(ruleSets: readonly RuleSet[], business: string): readonly PlacedRule[] {
  const placed = layers.toReversed().flatMap((layer) =>
    ruleSets
      .filter(({ scope }) => scope.level === layer)
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .flatMap((ruleSet) => placeSet(ruleSet, business)),
  );
  for (const twins of Map.groupBy(placed, ({ rule }) => rule.id).values()) relate(twins);
  return placed;
}

/** Narrowest first, so those after are of the same layer or of a wider one. */
function relate(twins: readonly Growing[]): void {
  for (const [place, narrow] of twins.entries()) {
    for (const wide of twins.slice(place + 1)) {
      if (wide.reference.layer === narrow.reference.layer) continue;
      wide.replacedBy = [...wide.replacedBy, narrow];
      if (wide.rule.lock) narrow.lockedBy = [...narrow.lockedBy, wide];
    }
  }
}

function placeSet(ruleSet: RuleSet, business: string): readonly Growing[] {
  return ruleSet.rules
    .filter((rule) => rule.business === business)
    .map((rule) => ({
      reference: {
        id: rule.id,
        version: rule.version,
        ruleSetId: ruleSet.id,
        ruleSetVersion: ruleSet.version,
        layer: ruleSet.scope.level,
      },
      rule,
      replacedBy: none,
      lockedBy: none,
    }));
}

function compileRule(placed: PlacedRule, slotOf: SlotOf): CompiledRule {
  const { reference, rule, replacedBy, lockedBy } = placed;
  const { when, then } = rule;
  // Facts are numbered as they are written, which is the order in which they are told.
  for (const name of factNamesOf(when)) slotOf(name);
  for (const name of then.outcome === 'applied' ? factNamesOf(then.value) : []) slotOf(name);
  return { reference, rule, replacedBy, lockedBy, when: questionsOf(when, slotOf) };
}

/** Whether a rule is in effect on a day. */
export function isInEffect({ effectiveFrom, effectiveTo }: Rule, day: string): boolean {
  return (
    (effectiveFrom === null || effectiveFrom <= day) && (effectiveTo === null || day < effectiveTo)
  );
}

/** Why a rule that is in effect says nothing on a day, and whose doing it is. */
export interface Silence {
  readonly kind: 'replaced' | 'disabled' | 'locked-out';
  readonly by: RuleReference;
}

/** The rule that silences this one on a day, if there is one. */
export function silenceOf({ lockedBy, replacedBy }: PlacedRule, day: string): Silence | undefined {
  if (lockedBy.length === 0 && replacedBy.length === 0) return undefined;
  const lock = lockedBy.find(({ rule }) => isInEffect(rule, day));
  if (lock !== undefined) return { kind: 'locked-out', by: lock.reference };
  const narrower = replacedBy.find((twin) => isInEffect(twin.rule, day) && !isLocked(twin, day));
  if (narrower === undefined) return undefined;
  const isDisabling = narrower.rule.then.outcome === 'disabled';
  return { kind: isDisabling ? 'disabled' : 'replaced', by: narrower.reference };
}

function isLocked({ lockedBy }: PlacedRule, day: string): boolean {
  return lockedBy.some(({ rule }) => isInEffect(rule, day));
}
