import type { Refusal, WireMoney } from '@sluice/money';

/** A rollout of a draft of a rule set, recorded before its workflow begins. */
export interface RuleRolloutInput {
  readonly setId: string;
  readonly rolloutId: string;
  /** How often what was counted is held against the gate. */
  readonly everyMs: number;
  /** Where a continued run goes on; absent in the first. */
  readonly progress?: RuleRolloutView;
}

/** Where a rollout stands. */
export interface RuleRolloutView {
  readonly kind: 'rollout';
  readonly rolloutId: string;
  readonly state: 'running' | 'paused' | 'completed' | 'rolled-back' | 'cancelled';
  /** Why it is in its state. */
  readonly why: string;
  /** What it began from, and goes back to. */
  readonly baseVersion: number;
  /** What is in force. */
  readonly inForce: number;
  /** Counts what it went through; 0 before the first. */
  readonly step: number;
  /** Index into its stages; null before the first, and after the way back. */
  readonly stage: number | null;
  readonly stages: number;
  /** Of 100,000 buckets; null in shadow and before. */
  readonly reach: number | null;
  /** The version that this step published; null in shadow and before. */
  readonly version: number | null;
  /** What was counted in this step. */
  readonly report: {
    readonly runs: number;
    readonly disagreements: number;
    /** Runs that the draft cannot tell, though the base can. */
    readonly failures: number;
    /** What the draft gives more, by currency; less is below zero. */
    readonly difference: readonly WireMoney[];
    /** The same without sign, run by run. */
    readonly moved: readonly WireMoney[];
  };
  /** What the gate says to that. */
  readonly verdict: 'go' | 'wait' | 'pause';
  readonly reason: string;
}

/** Which rollout. */
export interface RolloutName {
  readonly rolloutId: string;
}

/** A rollout as it was left: the step that it was in makes a change safe to repeat. */
export interface RolloutStepName extends RolloutName {
  readonly afterStep: number;
}

/** Why a person wants something. */
export interface RolloutWish {
  readonly reason: string;
}

/** The activities of a rollout, each safe to repeat; all of them answer where it stands. */
export interface RuleRolloutSteps {
  lookAtRollout(input: RolloutName): Promise<RuleRolloutView | Refusal>;
  growRollout(input: RolloutStepName): Promise<RuleRolloutView | Refusal>;
  pauseRollout(input: RolloutName & RolloutWish): Promise<RuleRolloutView | Refusal>;
  resumeRollout(input: RolloutStepName): Promise<RuleRolloutView | Refusal>;
  rollBackRollout(input: RolloutName & RolloutWish): Promise<RuleRolloutView | Refusal>;
}
