export { registerSearchAttributes } from './client/register-search-attributes.ts';
export { createSluiceClient, type SluiceClient } from './client/start-workflows.ts';
export type {
  Activities,
  BatchProgress,
  ChunkSettled,
  DiscountDecision,
  FundingSourceInput,
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
export { defaultTaskQueue, workflowIds } from './names.ts';
export { searchAttributes } from './search-attributes.ts';
