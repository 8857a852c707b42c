import type { Json, Queryable } from '@sluice/database';
import type {
  RolloutCourse,
  RolloutGate,
  RolloutStage,
  RolloutState,
  RolloutStep,
} from '../domain/rollout.ts';

/** A rollout with its draft and all that it went through. */
export interface Rollout extends RolloutCourse {
  /** The whole set in the stored form. */
  readonly draft: Json;
}

interface Row {
  readonly id: string;
  readonly set_id: string;
  readonly base_version: number;
  readonly draft: Json;
  readonly salt: string;
  readonly stages: readonly RolloutStage[];
  readonly gate: RolloutGate;
  readonly started_by: string;
  readonly started_at: Date;
  readonly state: RolloutState;
  readonly reason: string;
  readonly ended_at: Date | null;
  readonly steps: readonly RolloutStep[];
}

const select = `
  select rollout.*, coalesce(steps.steps, '[]') as steps
  from rulebook.rollout
  left join lateral (
    select jsonb_agg(
      jsonb_build_object(
        'number', step.number, 'stage', step.stage, 'reach', step.reach,
        'version', step.version, 'why', step.why,
        'beganAt', to_char(step.began_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by step.number) as steps
    from rulebook.rollout_step as step
    where step.rollout_id = rollout.id
  ) as steps on true`;

/** Rollouts by id, in the order of their ids; one that is not there is left out. */
export async function readRollouts(
  queryable: Queryable,
  rolloutIds: readonly string[],
): Promise<readonly Rollout[]> {
  if (rolloutIds.length === 0) return [];
  const rows = await queryable.query<Row>(
    `${select} where rollout.id = any($1) order by rollout.id`,
    [rolloutIds],
  );
  return rows.map(fromRow);
}

/** The rollouts of one rule set, or of all; the newest first. */
export async function listRollouts(
  queryable: Queryable,
  setId: string | null,
): Promise<readonly Rollout[]> {
  const rows = await queryable.query<Row>(
    `${select}
     where $1::text is null or rollout.set_id = $1
     order by rollout.started_at desc, rollout.set_id, rollout.number desc`,
    [setId],
  );
  return rows.map(fromRow);
}

function fromRow(row: Row): Rollout {
  return {
    ...{ rolloutId: row.id, setId: row.set_id, baseVersion: row.base_version },
    ...{ draft: row.draft, salt: row.salt, stages: row.stages, gate: row.gate },
    ...{ startedBy: row.started_by, startedAt: row.started_at.toISOString() },
    ...{ state: row.state, reason: row.reason, steps: row.steps },
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
