import { isRefusal, refuse, type Refusal } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import { decideNow, decisionRecord } from '@sluice/rule-engine';
import { differencesOf, type TillDifference } from '../till-decision.ts';
import type { DiscountRules } from './discount-rules.ts';
import {
  decideDiscounts,
  discountsFrom,
  factsOf,
  type Discount,
  type TillVerdict,
} from './price-redemption.ts';
import type { TillRun, TillRuns } from './till-rules.ts';

/** What was decided for a redemption, and how it compares with what its till decided. */
export interface DecidedDiscounts {
  readonly discounts: readonly Discount[] | Refusal;
  /** Null: no till, or nothing to be compared with. */
  readonly till: TillVerdict | null;
}

/**
 * Decides the discounts of a redemption: by the very rules that its till decided by, and only as
 * the till did; without a till by the rules in force.
 *
 * @returns the discounts; or a refusal of {@link decideDiscounts} or of the till's rules, or
 *   `TILL_DECISION_DIFFERS` with both records of each business that was decided otherwise.
 */
export function decideRedemption(
  rules: { readonly discounts: readonly DiscountRules[] },
  tills: TillRuns,
  redemption: Redemption,
): DecidedDiscounts {
  const run = tills.get(redemption.id);
  if (run === undefined) return { discounts: decideDiscounts(rules, redemption), till: null };
  return isRefusal(run) ? { discounts: run, till: null } : decideAsTill(run, redemption);
}

function decideAsTill(
  { decision: till, discounts }: TillRun,
  redemption: Redemption,
): DecidedDiscounts {
  const facts = factsOf(redemption, till.unit);
  const decided = discounts.map(({ kind, business, rules }) => {
    return { kind, business, decision: decideNow(rules, facts, till.at) };
  });
  const records = new Map(
    decided.map(({ business, decision }) => [business, decisionRecord(decision)]),
  );
  const differences = differencesOf(till.records, records);
  return differences.length === 0
    ? { discounts: discountsFrom(redemption, decided), till: 'same' }
    : { discounts: decidedDifferently(redemption, differences), till: 'different' };
}

function decidedDifferently({ id }: Redemption, differences: readonly TillDifference[]): Refusal {
  const businesses = differences.map(({ business }) => business);
  return refuse(
    'TILL_DECISION_DIFFERS',
    `redemption ${id}: till and server decide ${businesses.join(', ')} otherwise by the same ` +
      'rules: find out who altered the decision, or what the till knew and the redemption does not',
    {
      redemptionId: id,
      businesses,
      till: differences.map(({ till }) => till ?? 'nothing'),
      server: differences.map(({ server }) => server ?? 'nothing'),
    },
  );
}
