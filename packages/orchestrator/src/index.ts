export { registerSearchAttributes } from './client/register-search-attributes.ts';
export { createSluiceClient, type SluiceClient } from './client/start-workflows.ts';
export type {
  Activities,
  BatchProgress,
  BookingBatchInput,
  BookingBatchProgress,
  BookingBatchSent,
  BookingsLooked,
  ChunkSettled,
  DiscountDecision,
  FundingSourceInput,
  LedgerSealed,
  LedgerUpkeepInput,
  LedgerUpkeepProgress,
  MainAccountInput,
  PaymentName,
  PayoutInput,
  PayoutOrder,
  PayoutPlan,
  PayoutProgress,
  PayoutReserved,
  PayoutView,
  PayoutWatch,
  PlannedPayout,
  PoolClosed,
  PoolLifecycleInput,
  PoolOpened,
  PoolProgress,
  PoolSizing,
  RedemptionBatchInput,
  RedemptionOutcome,
  RedistributionBegun,
  RedistributionInput,
  RedistributionResult,
  SellerFound,
  SubsidyPayoutInput,
  SubsidyQuote,
} from './contract.ts';
export { decideOnTill, type Till } from './decide-on-till.ts';
export { defaultTaskQueue, workflowIds } from './names.ts';
export { redemptionKeys } from './redemption-keys.ts';
export type { RolloutWish, RuleRolloutInput, RuleRolloutView } from './rule-rollout-contract.ts';
export { searchAttributes } from './search-attributes.ts';
export {
  differencesOf,
  maxTillDecisionLength,
  readTillDecision,
  tillDecisionText,
  type TillDecision,
  type TillDifference,
  type TillRuleSet,
} from './till-decision.ts';
