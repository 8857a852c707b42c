export {
  bookingBatch,
  bookingBatchView,
  lookAtBookings,
  sendRefusedBookings,
} from './booking-batch.ts';
export { batchProgress, redemptionBatch } from './redemption-batch.ts';
export { keepUpEvery, ledgerUpkeep, ledgerUpkeepView } from './ledger-upkeep.ts';
export { lookNow, payout, payoutView } from './payout.ts';
export {
  closePool,
  planPayouts,
  poolLifecycle,
  poolView,
  type PoolView,
} from './pool-lifecycle.ts';
export { redistribution } from './redistribution.ts';
export {
  pauseRollout,
  resumeRollout,
  rollBackRollout,
  ruleRollout,
  ruleRolloutView,
} from './rule-rollout.ts';
export { subsidyPayout, type SubsidyPayoutResult } from './subsidy-payout.ts';
