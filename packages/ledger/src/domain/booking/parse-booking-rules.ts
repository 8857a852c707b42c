import { refuse, type Refusal } from '@sluice/money';
import { z } from 'zod';
import { isAccountTemplate } from './account-template.ts';
import type { BookingRule, BookingRuleSet, BookingSubSet, Demand } from './booking-rule.ts';
import { businessDate } from './business-date.ts';
import { faultPath } from './fault-path.ts';
import { amountExpression } from './read-amount.ts';
import { demandedValue, ruleName } from './rule-name.ts';
import { tieFaults } from './tie-faults.ts';

const accountTemplate = z.string().refine(isAccountTemplate, {
  error: 'must be an account code such as "payable/{seller}"',
});

const entry = z
  .strictObject({ debit: accountTemplate, credit: accountTemplate, amount: amountExpression })
  .refine(({ debit, credit }) => debit !== credit, {
    error: 'must not debit and credit the same account',
    // Also beside other faults of the entry, so that all of them are listed at once.
    when: ({ value }) => typeof value === 'object' && value !== null && 'debit' in value,
  });

/** What `z.record` would pass over: a demand that is lost would make its rule match more. */
const withoutProto = z
  .unknown()
  .refine(
    (when) => typeof when !== 'object' || when === null || !Object.hasOwn(when, '__proto__'),
    { error: 'must not name a parameter __proto__', abort: true },
  );

const demands = withoutProto
  .pipe(z.record(ruleName, demandedValue))
  .refine((when) => !Object.hasOwn(when, 'institution'), {
    error: 'must not name the institution again: each rule has one',
  })
  .transform((when): readonly Demand[] =>
    Object.keys(when)
      .sort()
      .map((parameter) => ({ parameter, value: when[parameter] ?? '' })),
  );

const rule = z.strictObject({
  institution: ruleName,
  when: demands.default([]),
  entries: z.array(entry).min(1),
});

const subSet = z.strictObject({ businessType: ruleName, rules: z.array(rule).min(1) });

const ruleSet = z.strictObject({
  id: ruleName,
  version: z.int32().positive(),
  effectiveFrom: businessDate,
  subSets: z.array(subSet).min(1),
});

/** The part that decides which requests a rule matches, wherever it can be read. */
const demanding = z
  .object({ institution: ruleName, when: demands.default([]) })
  .transform(({ institution, when }) => ({ institution, demands: when }));

/**
 * Reads a booking rule set from JSON (claim 1); the package's README shows the shape.
 *
 * @returns the set, or the refusal `BOOKING_RULES_INVALID`, whose `faults` lists every fault with
 *   its path; two rules that tie are one, told with a request that matches both.
 */
export function parseBookingRules(json: unknown): BookingRuleSet | Refusal {
  const parsed = ruleSet.safeParse(json);
  const faults = [
    ...(parsed.success ? [] : parsed.error.issues).map(
      ({ path, message }) => `${faultPath(path)}: ${message}`,
    ),
    ...tieFaults(json, (value) => {
      const read = demanding.safeParse(value);
      return read.success ? read.data : undefined;
    }),
  ];
  if (parsed.success && faults.length === 0) return toSet(parsed.data);
  return refuse(
    'BOOKING_RULES_INVALID',
    `the booking rules have ${faults.length} fault(s), the first at ${faults[0]}`,
    { faults },
  );
}

function toSet({ id, version, effectiveFrom, subSets }: z.output<typeof ruleSet>): BookingRuleSet {
  const built = subSets.map(({ businessType, rules }, place): [string, BookingSubSet] => [
    businessType,
    toSubSet(
      businessType,
      rules.map(({ institution, when, entries }, index) => ({
        ...{ ruleSetId: id, ruleSetVersion: version, businessType, institution },
        demands: when,
        path: `subSets[${place}].rules[${index}]`,
        entries,
      })),
    ),
  ]);
  return { id, version, effectiveFrom, subSets: new Map(built) };
}

function toSubSet(businessType: string, rules: readonly BookingRule[]): BookingSubSet {
  const groups = Map.groupBy(rules, ({ institution }) => institution);
  const byInstitution = [...groups].map(([institution, group]): [string, BookingRule[]] => [
    institution,
    group.toSorted((left, right) => right.demands.length - left.demands.length),
  ]);
  return { businessType, rules, byInstitution: new Map(byInstitution) };
}
