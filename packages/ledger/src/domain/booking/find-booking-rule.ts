import { refuse, type Refusal } from '@sluice/money';
import type { BookingRule, BookingRuleSet } from './booking-rule.ts';

/** What business information says about which rule applies. */
export interface BookingTarget {
  /** Type parameter (claim 2): `subsidy.coupon`. */
  readonly businessType: string;
  /** Configuration parameter (claim 3): `completejourney`. */
  readonly institution: string;
}

/**
 * Finds the target rule: first the sub rule set by business type, then the rule by institution
 * (claims 4 to 6). What is not known is refused, never guessed: nothing is booked.
 *
 * @returns the rule, or the refusal `BUSINESS_TYPE_UNKNOWN` or `INSTITUTION_UNKNOWN`.
 */
export function findBookingRule(
  set: BookingRuleSet,
  { businessType, institution }: BookingTarget,
): BookingRule | Refusal {
  const where = { ruleSetId: set.id, ruleSetVersion: set.version, businessType, institution };
  const subSet = set.subSets.get(businessType);
  if (subSet === undefined) {
    return refuse(
      'BUSINESS_TYPE_UNKNOWN',
      `booking rules ${set.id} version ${set.version} have no sub rule set for the business type ` +
        `"${businessType}": add one, or correct the type`,
      { ...where, known: [...set.subSets.keys()] },
    );
  }
  return (
    subSet.get(institution) ??
    refuse(
      'INSTITUTION_UNKNOWN',
      `booking rules ${set.id} version ${set.version} have no rule for "${businessType}" of the ` +
        `institution "${institution}": add one, or correct the institution`,
      { ...where, known: [...subSet.keys()] },
    )
  );
}
