import type { Json, Tx } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import {
  expectedVersion,
  hasEnded,
  stepOf,
  type RolloutState,
  type RolloutStep,
} from '../domain/rollout.ts';
import { lockRollout, type LockedRollout } from './lock-rollout.ts';
import { publishRuleSet } from './publish-rule-set.ts';
import { readRuleSets } from './read-rule-sets.ts';

/** Why a rollout cannot go on: somebody published its set past it. Null when nobody did. */
export function overtaken(rollout: LockedRollout): string | null {
  const { version, publishedBy } = rollout.inForce;
  const expected = expectedVersion(rollout);
  if (version === expected) return null;
  const what = `v${version}, published by ${publishedBy}, is in force`;
  return `${what}, not v${expected}: roll back to end`;
}

/** How a rollout grows. */
export interface Growth {
  /** The step that it is to leave; 0 for none. */
  readonly afterStep: number;
  /** The draft, reaching so many buckets, under this version. */
  readonly contentAt: (reach: number, version: number) => Json;
  readonly why: string;
}

/**
 * Enters the next stage of a running rollout: publishes the draft with its reach as the version in
 * force, or nothing in shadow. After the last stage the rollout is completed. When somebody has
 * published the set past it, it pauses instead.
 *
 * @returns the rollout then; as it was, when it is not running, or not in that step any more.
 */
export async function growRollout(
  tx: Tx,
  rollout: LockedRollout,
  { afterStep, contentAt, why }: Growth,
): Promise<LockedRollout> {
  if (rollout.state !== 'running' || stepOf(rollout) !== afterStep) return rollout;
  const inTheWay = overtaken(rollout);
  if (inTheWay !== null) return pauseRollout(tx, rollout, inTheWay);
  const stage = (rollout.steps.at(-1)?.stage ?? -1) + 1;
  const next = rollout.stages[stage];
  if (next === undefined) return enter(tx, rollout, { state: 'completed', reason: why });
  const { reach } = next;
  const version =
    reach === null ? null : await publishNext(tx, rollout, (to) => contentAt(reach, to));
  return addStep(tx, rollout, { stage, reach, version, why });
}

/** Pauses a running rollout: it does not grow until it is resumed. */
export async function pauseRollout(
  tx: Tx,
  rollout: LockedRollout,
  reason: string,
): Promise<LockedRollout> {
  if (rollout.state !== 'running') return rollout;
  return enter(tx, rollout, { state: 'paused', reason });
}

/**
 * Has a paused rollout go on in the stage that it is in, under a new step: what was counted before
 * would only pause it again. One that was published past stays paused.
 */
export async function resumeRollout(
  tx: Tx,
  rollout: LockedRollout,
  { afterStep }: Pick<Growth, 'afterStep'>,
): Promise<LockedRollout> {
  if (rollout.state !== 'paused' || stepOf(rollout) !== afterStep) return rollout;
  if (overtaken(rollout) !== null) return rollout;
  const why = `resumed after: ${rollout.reason}`;
  const running = await enter(tx, rollout, { state: 'running', reason: why });
  const last = rollout.steps.at(-1);
  return last === undefined ? running : addStep(tx, running, { ...last, why });
}

/**
 * Ends an unfinished rollout and goes back: the base's content is in force again from the commit
 * on, under a new, higher version (`rolled-back`). Where nothing of the rollout is in force, in
 * shadow or when somebody published the set past it, nothing is published (`cancelled`).
 *
 * @returns the rollout then; as it was, when it had ended.
 */
export async function rollBackRollout(
  tx: Tx,
  rollout: LockedRollout,
  reason: string,
): Promise<LockedRollout> {
  if (hasEnded(rollout)) return rollout;
  const inTheWay = overtaken(rollout);
  if (inTheWay !== null) {
    return enter(tx, rollout, { state: 'cancelled', reason: `${reason} (${inTheWay})` });
  }
  if (expectedVersion(rollout) === rollout.baseVersion) {
    return enter(tx, rollout, { state: 'cancelled', reason });
  }
  const { setId, baseVersion } = rollout;
  const [base] = await readRuleSets(tx, [{ setId, version: baseVersion }]);
  if (base === undefined) throw new Error(`v${baseVersion} of rule set ${setId} is gone`);
  const content = base.content as Readonly<Record<string, Json>>;
  const version = await publishNext(tx, rollout, (to) => ({ ...content, version: to }));
  const back = await addStep(tx, rollout, { stage: null, reach: 0, version, why: reason });
  return enter(tx, back, { state: 'rolled-back', reason });
}

async function publishNext(
  tx: Tx,
  { rolloutId, inForce, ...rollout }: LockedRollout,
  contentAt: (version: number) => Json,
): Promise<number> {
  const version = inForce.version + 1;
  const publishedBy = `rollout ${rolloutId}, step ${stepOf(rollout) + 1}`;
  const publication = { content: contentAt(version), publishedBy };
  const answer = expectAnswer(await publishRuleSet(tx, publication));
  if (answer !== 'published') throw new Error(`v${version} was there before ${publishedBy}`);
  return version;
}

async function addStep(
  tx: Tx,
  rollout: LockedRollout,
  { stage, reach, version, why }: Omit<RolloutStep, 'number' | 'beganAt'>,
): Promise<LockedRollout> {
  const { rolloutId, setId } = rollout;
  await tx.query(
    `insert into rulebook.rollout_step (rollout_id, set_id, number, stage, reach, version, why)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [rolloutId, setId, stepOf(rollout) + 1, stage, reach, version, why],
  );
  return expectAnswer(await lockRollout(tx, rolloutId));
}

async function enter(
  tx: Tx,
  { rolloutId }: LockedRollout,
  { state, reason }: { readonly state: RolloutState; readonly reason: string },
): Promise<LockedRollout> {
  await tx.query(
    `update rulebook.rollout
     set state = $2, reason = $3,
       ended_at = case when $2 in ('running', 'paused') then null else clock_timestamp() end
     where id = $1`,
    [rolloutId, state, reason],
  );
  return expectAnswer(await lockRollout(tx, rolloutId));
}
