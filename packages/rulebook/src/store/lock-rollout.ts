import type { Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { lockRuleSet } from './lock-rule-set.ts';
import { readRollouts, type Rollout } from './read-rollouts.ts';
import type { PublishedRuleSet } from './read-rule-sets.ts';

/** A rollout that nobody else can change until the commit, nor the rule set it is of. */
export interface LockedRollout extends Rollout {
  /** What is in force now: not the rollout's, when somebody published the set past it. */
  readonly inForce: PublishedRuleSet;
}

/** Locks a rollout and its rule set; gives `ROLLOUT_UNKNOWN` when there is none. */
export async function lockRollout(tx: Tx, rolloutId: string): Promise<LockedRollout | Refusal> {
  const [named] = await tx.query<{ set_id: string }>(
    'select set_id from rulebook.rollout where id = $1',
    [rolloutId],
  );
  if (named === undefined) {
    const message = `there is no rollout ${rolloutId}: list them to see which there are`;
    return refuse('ROLLOUT_UNKNOWN', message, { rolloutId });
  }
  const inForce = await lockRuleSet(tx, named.set_id);
  const [rollout] = await readRollouts(tx, [rolloutId]);
  if (isRefusal(inForce) || rollout === undefined) throw new Error(`${rolloutId} lost its set`);
  return { ...rollout, inForce };
}
