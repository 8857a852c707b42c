export { batchProgress, redemptionBatch } from './redemption-batch.ts';
export { lookNow, payout, payoutView } from './payout.ts';
export {
  closePool,
  planPayouts,
  poolLifecycle,
  poolView,
  type PoolView,
} from './pool-lifecycle.ts';
export { redistribution } from './redistribution.ts';
export { subsidyPayout, type SubsidyPayoutResult } from './subsidy-payout.ts';
