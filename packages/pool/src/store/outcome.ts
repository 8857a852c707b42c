import type { Json } from '@sluice/database';
import type { Refusal } from '@sluice/money';
import type { DrawLine } from '../domain/draw.ts';

/** What came of a redemption. Amounts are in minor units of the pool's currency. */
export interface Outcome {
  readonly redemptionId: string;
  readonly status: 'paid' | 'refused' | 'parked';
  /** The reason of a redemption that was refused or parked; null when it was paid. */
  readonly refusal: Refusal | null;
  /** The discounts that the user got. */
  readonly discountMinor: bigint;
  /** Paid: the sum of the lines. Otherwise: what was asked for and not drawn. */
  readonly subsidyMinor: bigint;
  /** What of the subsidy the platform keeps, the rest is the seller's; 0 unless paid. */
  readonly platformFeeMinor: bigint;
  /** Empty unless paid. */
  readonly lines: readonly DrawLine[];
  /**
   * Discounts, and the versions of rules and tariffs that gave them; `till: "same"` where a till
   * had decided the same before.
   */
  readonly explanation: Json;
}
