import type { CompiledRules } from '@sluice/rule-engine';

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
