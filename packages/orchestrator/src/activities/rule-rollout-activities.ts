import { withTransaction, type Tx } from '@sluice/database';
import { expectAnswer, isRefusal, type Refusal } from '@sluice/money';
import {
  growRollout,
  lockRollout,
  pauseRollout,
  resumeRollout,
  rollBackRollout,
  type LockedRollout,
} from '@sluice/rulebook';
import type { RuleRolloutSteps, RuleRolloutView } from '../rule-rollout-contract.ts';
import type { Dependencies } from './dependencies.ts';
import { draftAt, storedForm } from './rule-rollout-compare.ts';
import { viewOf } from './rule-rollout-view.ts';

type Change = (tx: Tx, rollout: LockedRollout) => Promise<LockedRollout>;

/**
 * The activities of a rollout. Each locks its rule set, does one thing if it is still to be done,
 * and answers where the rollout stands; so each is safe to repeat.
 */
export function createRuleRolloutActivities({
  database,
}: Pick<Dependencies, 'database'>): RuleRolloutSteps {
  const change = (rolloutId: string, work: Change): Promise<RuleRolloutView | Refusal> =>
    withTransaction(database, async (tx) => {
      const rollout = await lockRollout(tx, rolloutId);
      return isRefusal(rollout) ? rollout : viewOf(tx, await work(tx, rollout));
    });
  return {
    lookAtRollout: ({ rolloutId }) => change(rolloutId, pauseIfTooMuch),
    growRollout: ({ rolloutId, afterStep }) =>
      change(rolloutId, (tx, rollout) => growIfItMay(tx, rollout, afterStep)),
    pauseRollout: ({ rolloutId, reason }) =>
      change(rolloutId, (tx, rollout) => pauseRollout(tx, rollout, reason)),
    resumeRollout: ({ rolloutId, afterStep }) =>
      change(rolloutId, (tx, rollout) => resumeRollout(tx, rollout, { afterStep })),
    rollBackRollout: ({ rolloutId, reason }) =>
      change(rolloutId, (tx, rollout) => rollBackRollout(tx, rollout, reason)),
  };
}

async function pauseIfTooMuch(tx: Tx, rollout: LockedRollout): Promise<LockedRollout> {
  const { verdict, reason } = await viewOf(tx, rollout);
  return verdict === 'pause' ? pauseRollout(tx, rollout, reason) : rollout;
}

/** What was counted since the workflow looked may have changed what the gate says. */
async function growIfItMay(
  tx: Tx,
  rollout: LockedRollout,
  afterStep: number,
): Promise<LockedRollout> {
  const held = await pauseIfTooMuch(tx, rollout);
  const { verdict, reason, step } = await viewOf(tx, held);
  if (verdict !== 'go') return held;
  const why = step === 0 ? 'the rollout began' : reason;
  const contentAt = (reach: number, version: number): ReturnType<typeof storedForm> =>
    storedForm(expectAnswer(draftAt(rollout, reach, version)));
  return growRollout(tx, held, { afterStep, contentAt, why });
}
