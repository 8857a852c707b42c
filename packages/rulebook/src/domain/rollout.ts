import type { WireMoney } from '@sluice/money';

/** So many buckets are all units: what a reach is counted in. */
export const allBuckets = 100_000;

/** One stage of a rollout. */
export interface RolloutStage {
  /** Buckets of {@link allBuckets}; null for shadow: nothing is published, the base decides. */
  readonly reach: number | null;
  /** How many runs have to keep to the gate before the next stage. */
  readonly fewestRuns: number;
}

/** What every stage is held against. */
export interface RolloutGate {
  /** Runs in a million that the candidate cannot tell though the base can, at most. */
  readonly failuresPerMillion: number;
  /** The money moved in one step, at most, by currency; one that is not named may not move. */
  readonly moved: readonly WireMoney[];
}

/** Unfinished are `running` and `paused`; the others are for ever. */
export type RolloutState = 'running' | 'paused' | 'completed' | 'rolled-back' | 'cancelled';

/** How a draft is to be rolled out. */
export interface RolloutTerms {
  /** Of the rollout that guards the changed rules of the draft. */
  readonly salt: string;
  readonly stages: readonly RolloutStage[];
  readonly gate: RolloutGate;
  /** Who wants it, or where it comes from. */
  readonly startedBy: string;
}

/** One step of a rollout: a stage as it was entered, or entered again after a pause. */
export interface RolloutStep {
  readonly number: number;
  /** Index into the stages; null for the step back. */
  readonly stage: number | null;
  /** Buckets; null in shadow, 0 for the step back. */
  readonly reach: number | null;
  /** The version in force in this step; null in shadow, where the base stays in force. */
  readonly version: number | null;
  readonly why: string;
  /** ISO 8601. */
  readonly beganAt: string;
}

/** All that a rollout went through. */
export interface RolloutCourse extends RolloutTerms {
  readonly rolloutId: string;
  readonly setId: string;
  /** In force when it was recorded, and what rolling back goes back to. */
  readonly baseVersion: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly state: RolloutState;
  /** Why it is in its state. */
  readonly reason: string;
  /** ISO 8601; null while it is unfinished. */
  readonly endedAt: string | null;
  /** In their order; the last one is the present. */
  readonly steps: readonly RolloutStep[];
}

/** Whether nothing can change in it any more. */
export function hasEnded({ state }: Pick<RolloutCourse, 'state'>): boolean {
  return state !== 'running' && state !== 'paused';
}

/** The number of the step that it is in; 0 before the first. */
export function stepOf({ steps }: Pick<RolloutCourse, 'steps'>): number {
  return steps.at(-1)?.number ?? 0;
}

/** The version that the rollout has left in force: its last one, or the base. */
export function expectedVersion({ steps, baseVersion }: RolloutCourse): number {
  return steps.at(-1)?.version ?? baseVersion;
}
