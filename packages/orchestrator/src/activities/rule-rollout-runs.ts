import type { Tx } from '@sluice/database';
import { expectAnswer, fromWire, isRefusal, type WireMoney } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import { decideWithShadow, ShadowTally, type ShadowReport } from '@sluice/rule-engine';
import { recordRolloutRuns, type RolloutMoney, type RolloutRuns } from '@sluice/rulebook';
import { redemptionKeys } from '../redemption-keys.ts';
import { dayOf, factsOf } from './price-redemption.ts';
import type { ComparedKind, ComparedRules } from './rule-rollout-compare.ts';
import type { TillRuns } from './till-rules.ts';

/** Redemptions that are decided now, and not before. */
export interface FreshRedemptions {
  readonly redemptions: readonly Redemption[];
  /** What their tills say whom they counted. */
  readonly tills: TillRuns;
  readonly workflowId: string;
}

/**
 * Counts redemptions as runs of the rollouts that are under way, in the transaction that settles
 * them: each once, since each is settled once. Does nothing where there is no rollout.
 */
export async function recordComparisons(
  tx: Tx,
  rollouts: readonly ComparedRules[],
  { redemptions, tills, workflowId }: FreshRedemptions,
): Promise<void> {
  const [first] = redemptions;
  if (first === undefined) return;
  const firstKey = redemptionKeys.receipt(first.id);
  for (const { rolloutId, step, kinds } of rollouts) {
    const runs = tallyRuns(kinds, redemptions, tills);
    await recordRolloutRuns(tx, { rolloutId, step, firstKey, workflowId, ...runs });
  }
}

/** A redemption is one run, of however many discounts; it differs when one of them does. */
export function tallyRuns(
  kinds: readonly ComparedKind[],
  redemptions: readonly Redemption[],
  tills: TillRuns,
): RolloutRuns {
  const money = new Map<string, RolloutMoney>();
  let disagreements = 0;
  let failures = 0;
  for (const redemption of redemptions) {
    const report = compareOne(kinds, redemption, tills);
    if (report.disagreements === 0) continue;
    disagreements += 1;
    if (report.failures > 0) failures += 1;
    addMoney(money, report);
  }
  return { runs: redemptions.length, disagreements, failures, money: [...money.values()] };
}

function compareOne(
  kinds: readonly ComparedKind[],
  redemption: Redemption,
  tills: TillRuns,
): ShadowReport {
  const run = tills.get(redemption.id);
  const unit = run === undefined || isRefusal(run) ? null : run.decision.unit;
  const facts = factsOf(redemption, unit);
  const tally = new ShadowTally();
  for (const rules of kinds) tally.add(decideWithShadow(rules, facts, dayOf(redemption)));
  return tally.report();
}

function addMoney(
  sums: Map<string, RolloutMoney>,
  { difference, moved }: Pick<ShadowReport, 'difference' | 'moved'>,
): void {
  for (const { currency, ...rest } of difference) {
    const before = sums.get(currency) ?? { currency, differenceMinor: 0n, movedMinor: 0n };
    const also = moved.find((one) => one.currency === currency);
    sums.set(currency, {
      currency,
      differenceMinor: before.differenceMinor + minorOf({ currency, ...rest }),
      movedMinor: before.movedMinor + (also === undefined ? 0n : minorOf(also)),
    });
  }
}

function minorOf(wire: WireMoney): bigint {
  return expectAnswer(fromWire(wire)).minor;
}
