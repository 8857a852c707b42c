import type { AmountExpression } from './amount-expression.ts';

/** One entry that a rule books. */
export interface EntryTemplate {
  /** Code of the account to debit, with parameters in braces: `funding/{source}`. */
  readonly debit: string;
  /** Code of the account to credit. */
  readonly credit: string;
  /** What to book, in terms of the amounts that the accounting information names. */
  readonly amount: AmountExpression;
}

/** A configuration parameter with the one value that a rule is for: `channel` is `app`. */
export interface Demand {
  readonly parameter: string;
  readonly value: string;
}

/**
 * What to book for one business type of one institution (claims 2 and 3), in general or for
 * further configuration parameters.
 */
export interface BookingRule {
  readonly ruleSetId: string;
  readonly ruleSetVersion: number;
  readonly businessType: string;
  readonly institution: string;
  /** Besides the institution; in the order of parameters. The more, the more specific. */
  readonly demands: readonly Demand[];
  /** Where it stands in its set: `subSets[0].rules[1]`. */
  readonly path: string;
  /** In order; never empty. */
  readonly entries: readonly EntryTemplate[];
}

/** The rules of one business type (claim 6). No request matches two of them equally well. */
export interface BookingSubSet {
  readonly businessType: string;
  /** As they were written. */
  readonly rules: readonly BookingRule[];
  /** Each institution's rules, the most specific first: the first that matches is the target. */
  readonly byInstitution: ReadonlyMap<string, readonly BookingRule[]>;
}

/**
 * Booking rules of one version, divided into sub rule sets by business type, each by configuration
 * (claim 6). A new business or institution is a change of this data, not of code.
 */
export interface BookingRuleSet {
  readonly id: string;
  readonly version: number;
  /** First business day on which it books, `YYYY-MM-DD`, until a later version begins. */
  readonly effectiveFrom: string;
  /** By business type. */
  readonly subSets: ReadonlyMap<string, BookingSubSet>;
}
