import { compileLayers, type CompiledRules, type RuleSet } from '@sluice/rule-engine';

/** One kind of discount, and the business whose rules decide it. */
export interface DiscountKind {
  /** As draws and tariffs call it: `coupon`. */
  readonly kind: string;
  readonly business: string;
}

/** One kind of discount with the rules that decide it. */
export interface DiscountRules extends DiscountKind {
  readonly rules: CompiledRules;
}

/** Compiles the rules of each kind of discount; of a business without any, there are none. */
export function compileDiscounts(
  kinds: readonly DiscountKind[],
  ruleSets: readonly RuleSet[],
): readonly DiscountRules[] {
  return kinds.map(({ kind, business }) => {
    return { kind, business, rules: compileLayers(ruleSets, business) };
  });
}

/** The first kind of discount that nothing decides; undefined when all are decided. */
export function undecidedKind(discounts: readonly DiscountRules[]): DiscountKind | undefined {
  return discounts.find(({ rules }) => rules.rules.length === 0);
}
