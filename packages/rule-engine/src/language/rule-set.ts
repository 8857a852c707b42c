import type { Expression } from './expression.ts';
import type { ValueType } from './value-type.ts';

/** The layers, widest first: a rule replaces those of the same id in wider layers. */
export const layers = ['base', 'institution', 'user', 'device'] as const;

/** For whom a rule set is: everyone, an institution, a user or a device. */
export type Layer = (typeof layers)[number];

/** The layer of a rule set, and whose it is; `base` is everyone's and has no id. */
export interface Scope {
  readonly level: Layer;
  readonly id: string | null;
}

/** The facts that the rules of a set may ask for, with their types. */
export type FactSchema = ReadonlyMap<string, ValueType>;

/**
 * What a rule gives when its condition holds. `disabled` gives nothing: it only silences the rules
 * of its id in wider layers.
 */
export type Then =
  | { readonly outcome: 'applied'; readonly value: Expression }
  | { readonly outcome: 'not-applied' | 'disabled' };

/** One rule, checked. */
export interface Rule {
  readonly id: string;
  readonly version: number;
  /** The business whose runs ask this rule, such as `coupon-match`. */
  readonly business: string;
  readonly when: Expression;
  readonly then: Then;
  /** First day in effect, `YYYY-MM-DD`; null: since ever. */
  readonly effectiveFrom: string | null;
  /** First day no longer in effect; null: for ever. */
  readonly effectiveTo: string | null;
  /** No narrower layer can replace or disable it on the days it is in effect. */
  readonly lock: boolean;
  /** A sentence for people. */
  readonly describe: string | null;
  /** The most steps that asking it once can take. */
  readonly steps: number;
}

/** A checked rule set. Only `parseRuleSet` makes one. */
export interface RuleSet {
  readonly id: string;
  /** Counts up with every published change. */
  readonly version: number;
  readonly scope: Scope;
  readonly facts: FactSchema;
  readonly rules: readonly Rule[];
}
