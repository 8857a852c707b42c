import type { Rate, RoundingPolicy } from '@sluice/money';

/** A part of an amount, rounded where it stands: `2.5 % of drawn`. */
export interface ShareExpression {
  readonly kind: 'share';
  readonly of: AmountExpression;
  /** Above 0, at most 1. */
  readonly rate: Rate;
  /** Stage `line`: the share of one entry is what is rounded. */
  readonly rounding: RoundingPolicy;
}

/** Amounts together: `drawn + fee`. */
export interface SumExpression {
  readonly kind: 'sum';
  /** Two or more. */
  readonly of: readonly AmountExpression[];
}

/** What is left of an amount: `drawn - fee`. Below zero it is refused when it is booked. */
export interface DifferenceExpression {
  readonly kind: 'difference';
  readonly of: AmountExpression;
  /** One or more. */
  readonly less: readonly AmountExpression[];
}

/**
 * How an entry's amount comes from the accounting information: the name of an amount, or one of
 * three forms of other expressions. `drawn - 2.5 % of drawn` and `2.5 % of drawn` add up to `drawn`
 * exactly, whatever the rounding: so a split never loses or makes a unit.
 */
export type AmountExpression = string | ShareExpression | SumExpression | DifferenceExpression;
