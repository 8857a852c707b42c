/** One entry that a rule books. */
export interface EntryTemplate {
  /** Code of the account to debit, with parameters in braces: `funding/{source}`. */
  readonly debit: string;
  /** Code of the account to credit. */
  readonly credit: string;
  /** Name of the amount to book, as the accounting information calls it. */
  readonly amount: string;
}

/** What to book for one business type of one institution (claims 2 and 3). */
export interface BookingRule {
  readonly ruleSetId: string;
  readonly ruleSetVersion: number;
  readonly businessType: string;
  readonly institution: string;
  /** In order; never empty. */
  readonly entries: readonly EntryTemplate[];
}

/**
 * Booking rules of one version, divided into sub rule sets by business type, each by institution
 * (claim 6). A new business or institution is a change of this data, not of code.
 */
export interface BookingRuleSet {
  readonly id: string;
  readonly version: number;
  /** By business type, then by institution. */
  readonly subSets: ReadonlyMap<string, ReadonlyMap<string, BookingRule>>;
}
