import { refuse, type Refusal } from '@sluice/money';
import { z } from 'zod';
import { isAccountTemplate } from './account-template.ts';
import type { BookingRule, BookingRuleSet } from './booking-rule.ts';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
  error: 'must be a name of letters, digits and ._- (100 at most)',
});

const accountTemplate = z.string().refine(isAccountTemplate, {
  error: 'must be an account code such as "payable/{seller}"',
});

const entry = z
  .strictObject({
    debit: accountTemplate,
    credit: accountTemplate,
    amount: name,
  })
  .refine(({ debit, credit }) => debit !== credit, {
    error: 'must not debit and credit the same account',
  });

const rule = z.strictObject({ institution: name, entries: z.array(entry).min(1) });

const subSet = z.strictObject({
  businessType: name,
  rules: z
    .array(rule)
    .min(1)
    .superRefine((rules, context) => {
      repeats(rules.map(({ institution }) => institution)).forEach(([index, value]) =>
        context.addIssue({
          code: 'custom',
          path: [index, 'institution'],
          message: `"${value}" has a rule for this business type already`,
        }),
      );
    }),
});

const ruleSet = z.strictObject({
  id: name,
  version: z.int().positive(),
  subSets: z
    .array(subSet)
    .min(1)
    .superRefine((subSets, context) => {
      repeats(subSets.map(({ businessType }) => businessType)).forEach(([index, value]) =>
        context.addIssue({
          code: 'custom',
          path: [index, 'businessType'],
          message: `"${value}" has a sub rule set already`,
        }),
      );
    }),
});

/**
 * Reads a booking rule set from JSON (claim 1); the package's README shows the shape.
 *
 * @returns the set, or the refusal `BOOKING_RULES_INVALID`, which lists every fault with its path.
 */
export function parseBookingRules(json: unknown): BookingRuleSet | Refusal {
  const parsed = ruleSet.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `${formatPath(issue.path)}: ${issue.message}`,
    );
    return refuse(
      'BOOKING_RULES_INVALID',
      `the booking rules have ${faults.length} fault(s), the first at ${faults[0]}`,
      { faults },
    );
  }
  const { id, version, subSets } = parsed.data;
  return {
    id,
    version,
    subSets: new Map(
      subSets.map(({ businessType, rules }) => [
        businessType,
        new Map(
          rules.map(({ institution, entries }): [string, BookingRule] => [
            institution,
            { ruleSetId: id, ruleSetVersion: version, businessType, institution, entries },
          ]),
        ),
      ]),
    ),
  };
}

/** The places of all values that occurred before, with the value. */
function repeats(values: readonly string[]): readonly (readonly [number, string])[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [[index, value] as const];
    seen.add(value);
    return [];
  });
}

function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the whole';
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
