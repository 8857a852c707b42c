import { refuse, type Refusal } from '@sluice/money';
import type { BookingRule, BookingRuleSet, BookingSubSet } from './booking-rule.ts';
import { unmetDemand, valueOf, type ConfigurationParameters } from './match-rule.ts';

/** What business information says about which rule applies. */
export interface BookingTarget {
  /** Type parameter (claim 2): `subsidy.coupon`. */
  readonly businessType: string;
  /** Configuration parameter (claim 3): `completejourney`. */
  readonly institution: string;
  /** Further configuration parameters, such as a channel; what no rule demands does not matter. */
  readonly parameters?: ConfigurationParameters;
}

/**
 * Finds the target rule: first the sub rule set by business type, then the rule by configuration
 * (claims 4 to 6): of the institution's rules that the request matches, the most specific one.
 * What is not known is refused, never guessed: nothing is booked.
 *
 * @returns the rule, or the refusal `BUSINESS_TYPE_UNKNOWN`, `INSTITUTION_UNKNOWN` or
 *   `CONFIGURATION_UNKNOWN`, with the values that are known.
 */
export function findBookingRule(set: BookingRuleSet, target: BookingTarget): BookingRule | Refusal {
  const { businessType, institution, parameters = {} } = target;
  const subSet = set.subSets.get(businessType);
  if (subSet === undefined) return typeUnknown(set, target);
  const rules = subSet.byInstitution.get(institution);
  if (rules === undefined) return institutionUnknown(set, target, subSet);
  return (
    rules.find((rule) => unmetDemand(rule, parameters) === undefined) ??
    configurationUnknown(
      set,
      target,
      subSet.rules.filter((rule) => rule.institution === institution),
    )
  );
}

function where(
  { id, version }: BookingRuleSet,
  target: BookingTarget,
): Record<string, string | number> {
  const { businessType, institution } = target;
  return { ruleSetId: id, ruleSetVersion: version, businessType, institution };
}

function typeUnknown(set: BookingRuleSet, target: BookingTarget): Refusal {
  return refuse(
    'BUSINESS_TYPE_UNKNOWN',
    `booking rules ${set.id} version ${set.version} have no sub rule set for the business type ` +
      `"${target.businessType}": add one, or correct the type`,
    { ...where(set, target), known: [...set.subSets.keys()] },
  );
}

function institutionUnknown(
  set: BookingRuleSet,
  target: BookingTarget,
  subSet: BookingSubSet,
): Refusal {
  return refuse(
    'INSTITUTION_UNKNOWN',
    `booking rules ${set.id} version ${set.version} have no rule for "${target.businessType}" of ` +
      `the institution "${target.institution}": add one, or correct the institution`,
    { ...where(set, target), known: [...subSet.byInstitution.keys()] },
  );
}

/** Names the parameter that keeps the request from the rule that it comes nearest to. */
function configurationUnknown(
  set: BookingRuleSet,
  target: BookingTarget,
  rules: readonly BookingRule[],
): Refusal {
  const { parameters = {} } = target;
  const nearest = nearestOf(rules, parameters);
  const parameter = unmetDemand(nearest, parameters)?.parameter;
  if (parameter === undefined) throw new Error(`${nearest.path} is met and was not found`);
  const known = rules.flatMap(({ demands }) =>
    demands.filter((demand) => demand.parameter === parameter).map(({ value }) => value),
  );
  const value = valueOf(parameters, parameter);
  const has = value === undefined ? `no ${parameter}` : `the ${parameter} "${value}"`;
  return refuse(
    'CONFIGURATION_UNKNOWN',
    `booking rules ${set.id} version ${set.version} have no rule for "${target.businessType}" of ` +
      `"${target.institution}" with ${has}: known are ${[...new Set(known)].join(', ')}; ` +
      `add a rule, or correct the ${parameter} (nearest is ${nearest.path})`,
    {
      ...where(set, target),
      parameter,
      value: value ?? null,
      known: [...new Set(known)],
      nearest: nearest.path,
    },
  );
}

/** The rule that lacks the fewest demands; of several the one that is met in the most. */
function nearestOf(
  rules: readonly BookingRule[],
  parameters: ConfigurationParameters,
): BookingRule {
  const lacks = ({ demands }: BookingRule): number =>
    demands.filter((demand) => valueOf(parameters, demand.parameter) !== demand.value).length;
  const isNearer = (left: BookingRule, right: BookingRule): boolean => {
    const difference = lacks(left) - lacks(right);
    return difference < 0 || (difference === 0 && left.demands.length > right.demands.length);
  };
  return rules.reduce((best, rule) => (isNearer(rule, best) ? rule : best));
}
