import { canonicalJson, requestHash, type Json, type Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { refuseTerms } from '../domain/rollout-terms.ts';
import type { RolloutTerms } from '../domain/rollout.ts';
import { readRuleSetHead } from '../domain/rule-set-head.ts';
import { lockRuleSet } from './lock-rule-set.ts';
import { listRollouts, type Rollout } from './read-rollouts.ts';

/** What a rollout is to do. */
export interface RolloutPlan extends RolloutTerms {
  /** The whole set in the stored form, its changed rules guarded by a rollout of the salt. */
  readonly draft: Json;
}

/** Which rollout a plan became. */
export interface RecordedRollout {
  /** `exists` when the same plan is under way already. */
  readonly kind: 'recorded' | 'exists';
  readonly rolloutId: string;
  readonly setId: string;
}

/**
 * Records a rollout of a draft, from the version in force; a set has one that is unfinished, at
 * most. It does nothing yet: {@link growRollout} enters its first stage.
 *
 * @returns which one; or `RULE_SET_UNREADABLE`, `RULE_SET_UNKNOWN`, `ROLLOUT_TERMS_INVALID`, or
 *   `ROLLOUT_UNDER_WAY` when another plan for the set is unfinished. Nothing is written then.
 */
export async function recordRollout(tx: Tx, plan: RolloutPlan): Promise<RecordedRollout | Refusal> {
  const head = readRuleSetHead(plan.draft);
  if (isRefusal(head)) return head;
  const refused = refuseTerms(plan);
  if (refused !== null) return refused;
  const { setId } = head;
  const base = await lockRuleSet(tx, setId);
  if (isRefusal(base)) return base;
  const before = await listRollouts(tx, setId);
  const unfinished = before.find(({ endedAt }) => endedAt === null);
  if (unfinished !== undefined) {
    const { rolloutId } = unfinished;
    return isSame(unfinished, plan) ? { kind: 'exists', rolloutId, setId } : underWay(unfinished);
  }
  const number = before.length + 1;
  const rolloutId = `${setId}/${number}`;
  await insertRollout(tx, plan, { rolloutId, setId, number, baseVersion: base.version });
  return { kind: 'recorded', rolloutId, setId };
}

function isSame(rollout: RolloutPlan, plan: RolloutPlan): boolean {
  const planOf = ({ draft, salt, stages, gate }: RolloutPlan): string =>
    canonicalJson({ draft, salt, stages, gate } as unknown as Json);
  return planOf(rollout) === planOf(plan);
}

async function insertRollout(
  tx: Tx,
  { draft, salt, stages, gate, startedBy }: RolloutPlan,
  name: {
    readonly rolloutId: string;
    readonly setId: string;
    readonly number: number;
    readonly baseVersion: number;
  },
): Promise<void> {
  await tx.query(
    `insert into rulebook.rollout
       (id, set_id, number, base_version, draft, draft_digest, salt, stages, gate, started_by)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8::jsonb, $9::jsonb, $10)`,
    [
      ...[name.rolloutId, name.setId, name.number, name.baseVersion],
      ...[JSON.stringify(draft), requestHash(draft), salt],
      ...[JSON.stringify(stages), JSON.stringify(gate), startedBy],
    ],
  );
}

function underWay({ rolloutId, setId, state }: Rollout): Refusal {
  return refuse(
    'ROLLOUT_UNDER_WAY',
    `rollout ${rolloutId} of rule set "${setId}" is ${state}: let it end, or roll it back, first`,
    { rolloutId, ruleSetId: setId, state },
  );
}
