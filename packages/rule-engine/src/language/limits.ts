/**
 * Bounds of a rule set. A rule is a finite tree without loops, so with these every evaluation ends
 * after a number of steps that is known when the set is loaded.
 */
export const limits = Object.freeze({
  /** How deep expressions may nest. */
  depth: 64,
  /** Nodes of one rule, literals and facts included. */
  nodesPerRule: 2_000,
  /** Steps that asking one rule once may take at most, see `costOf`. */
  stepsPerRule: 1_000_000,
  /** Steps that one rule may take in a run, however often its facts come late. */
  stepsPerRuleAndRun: 20_000_000,
  /** Steps that one run may take; the rules after that are unknown. */
  stepsPerRun: 100_000_000,
  /** Items of a list, in a literal or in a fact. */
  listItems: 10_000,
  /** Rules of one set. */
  rules: 20_000,
  /** Rule sets of one bundle. */
  bundleSets: 100,
  /** Characters of one bundle. */
  bundleLength: 32_000_000,
  /** Facts that one set declares. */
  facts: 1_000,
  /** Characters of a name or id. */
  nameLength: 100,
  /** Characters of a text literal, a scope id or a description. */
  textLength: 1_000,
  /** Digits of a decimal fact on either side of the point; sums of such decimals stay exact. */
  decimalDigits: 40,
});
