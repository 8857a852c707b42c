export { refuseTerms } from './domain/rollout-terms.ts';
export {
  allBuckets,
  expectedVersion,
  hasEnded,
  stepOf,
  type RolloutCourse,
  type RolloutGate,
  type RolloutStage,
  type RolloutState,
  type RolloutStep,
  type RolloutTerms,
} from './domain/rollout.ts';
export {
  readRuleSetHead,
  type RuleSetHead,
  type RuleSetLayer,
  type RuleSetName,
} from './domain/rule-set-head.ts';
export {
  growRollout,
  overtaken,
  pauseRollout,
  resumeRollout,
  rollBackRollout,
  type Growth,
} from './store/change-rollout.ts';
export { checkRollouts } from './store/check-rollouts.ts';
export { checkRulebook } from './store/check-rulebook.ts';
export { lockRollout, type LockedRollout } from './store/lock-rollout.ts';
export { lockRuleSet } from './store/lock-rule-set.ts';
export { rulebookMigrations } from './store/migrations.ts';
export { publishRuleSet, type RuleSetPublication } from './store/publish-rule-set.ts';
export { listRollouts, readRollouts, type Rollout } from './store/read-rollouts.ts';
export {
  listRuleSetVersions,
  readRuleSets,
  readVersionsInForce,
  type PublishedRuleSet,
  type RuleSetInForce,
} from './store/read-rule-sets.ts';
export { recordRollout, type RecordedRollout, type RolloutPlan } from './store/record-rollout.ts';
export {
  recordRolloutRuns,
  sumRolloutRuns,
  type RolloutMoney,
  type RolloutObservation,
  type RolloutRuns,
} from './store/rollout-runs.ts';
