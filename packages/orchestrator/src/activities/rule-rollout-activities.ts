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

type Work = (tx: Tx, rollout: LockedRollout) => Promise<RuleRolloutView>;

/**
 * The activities of a rollout. Each locks its rule set, does one thing if it is still to be done,
 * and answers where the rollout stands; so each is safe to repeat.
 */
export function createRuleRolloutActivities({
  database,
}: Pick<Dependencies, 'database'>): RuleRolloutSteps {
  const locked = (rolloutId: string, work: Work): Promise<RuleRolloutView | Refusal> =>
    withTransaction(database, async (tx) => {
      const rollout = await lockRollout(tx, rolloutId);
      return isRefusal(rollout) ? rollout : work(tx, rollout);
    });
  return {
    lookAtRollout: ({ rolloutId }) => locked(rolloutId, pauseIfTooMuch),
    growRollout: ({ rolloutId, afterStep }) =>
      locked(rolloutId, (tx, rollout) => growIfItMay(tx, rollout, afterStep)),
    pauseRollout: ({ rolloutId, reason }) =>
      locked(rolloutId, async (tx, rollout) => viewOf(tx, await pauseRollout(tx, rollout, reason))),
    resumeRollout: ({ rolloutId, afterStep }) =>
      locked(rolloutId, async (tx, rollout) =>
        viewOf(tx, await resumeRollout(tx, rollout, { afterStep })),
      ),
    rollBackRollout: ({ rolloutId, reason }) =>
      locked(rolloutId, async (tx, rollout) =>
        viewOf(tx, await rollBackRollout(tx, rollout, reason)),
      ),
  };
}

/** What was counted is summed once; a rollout that pauses was counted as before. */
async function pauseIfTooMuch(tx: Tx, rollout: LockedRollout): Promise<RuleRolloutView> {
  const view = await viewOf(tx, rollout);
  if (view.verdict !== 'pause' || view.state !== 'running') return view;
  return viewOf(tx, await pauseRollout(tx, rollout, view.reason));
}

/** What was counted since the workflow looked may have changed what the gate says. */
async function growIfItMay(
  tx: Tx,
  rollout: LockedRollout,
  afterStep: number,
): Promise<RuleRolloutView> {
  const view = await pauseIfTooMuch(tx, rollout);
  if (view.verdict !== 'go') return view;
  const why = view.step === 0 ? 'the rollout began' : view.reason;
  const contentAt = (reach: number, version: number): ReturnType<typeof storedForm> =>
    storedForm(expectAnswer(draftAt(rollout, reach, version)));
  return viewOf(tx, await growRollout(tx, rollout, { afterStep, contentAt, why }));
}
