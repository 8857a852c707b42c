import type { Queryable } from '@sluice/database';
import { money, toWire } from '@sluice/money';
import { holdAgainst, type GateVerdict } from '@sluice/rule-engine';
import {
  hasEnded,
  overtaken,
  stepOf,
  sumRolloutRuns,
  type LockedRollout,
  type Rollout,
  type RolloutRuns,
} from '@sluice/rulebook';
import type { RuleRolloutView } from '../rule-rollout-contract.ts';

type Report = RuleRolloutView['report'];

/** Where a rollout stands: what was counted in its step, and what its gate says to that. */
export async function viewOf(
  queryable: Queryable,
  rollout: LockedRollout,
): Promise<RuleRolloutView> {
  const { rolloutId, state, baseVersion, inForce, steps, stages } = rollout;
  const step = stepOf(rollout);
  const report = reportOf(await sumRolloutRuns(queryable, { rolloutId, step }));
  const last = steps.at(-1);
  return {
    ...{ kind: 'rollout', rolloutId, state, why: rollout.reason },
    ...{ baseVersion, inForce: inForce.version, step, stages: stages.length },
    ...{ stage: last?.stage ?? null, reach: last?.reach ?? null, version: last?.version ?? null },
    report,
    ...verdictOn(rollout, report),
  };
}

/** As the gate and its workflow read it. */
export function reportOf({ money: sums, ...counts }: RolloutRuns): Report {
  return {
    ...counts,
    difference: sums.map(({ currency, differenceMinor }) =>
      toWire(money(differenceMinor, currency)),
    ),
    moved: sums.map(({ currency, movedMinor }) => toWire(money(movedMinor, currency))),
  };
}

function verdictOn(rollout: LockedRollout, report: Report): GateVerdict {
  if (hasEnded(rollout)) return { verdict: 'wait', reason: 'it has ended' };
  const inTheWay = overtaken(rollout);
  if (inTheWay !== null) return { verdict: 'pause', reason: inTheWay };
  return heldAgainstGate(rollout, report);
}

/** What the gate of the stage that a rollout is in says to a report; before the first, `go`. */
export function heldAgainstGate({ gate, stages, steps }: Rollout, report: Report): GateVerdict {
  const stage = stages[steps.at(-1)?.stage ?? -1];
  if (stage === undefined) return { verdict: 'go', reason: 'nothing has begun' };
  return holdAgainst(report, { ...gate, fewestRuns: stage.fewestRuns });
}
