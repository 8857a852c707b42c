export {
  evaluateDraws,
  type DrawComponent,
  type DrawLine,
  type DrawRequest,
  type Draws,
} from './domain/draw.ts';
export {
  planFunding,
  type FundingNeed,
  type FundingPlan,
  type Mandate,
} from './domain/funding-plan.ts';
export type { FundingSource, Purpose } from './domain/funding-source.ts';
export type { MandateFunds, PoolFunds } from './domain/pool-funds.ts';
export { sizePool, type PoolSize } from './domain/pool-size.ts';
export { checkRedemption, type Redemption } from './domain/redemption.ts';
export {
  forecastModel,
  forecastUsage,
  type UsageForecast,
  type UsageHistory,
} from './domain/usage-forecast.ts';
export { checkIntake } from './store/check-intake.ts';
export { checkPool } from './store/check-pool.ts';
export { closePool, type PoolClosing, type Release } from './store/close-pool.ts';
export { lockFunds } from './store/lock-funds.ts';
export { openPool, type PoolOpening } from './store/open-pool.ts';
export type { Outcome } from './store/outcome.ts';
export { poolMigrations } from './store/pool-migrations.ts';
export { countDraws, readDraws, type DrawPage, type RecordedDraw } from './store/read-draws.ts';
export {
  readFees,
  sumFees,
  type FeePage,
  type FeeSum,
  type RecordedFee,
} from './store/read-fees.ts';
export { readOutcomes } from './store/read-outcomes.ts';
export { readUnpaid, type Unpaid } from './store/read-unpaid.ts';
export {
  listPools,
  readPool,
  type ForecastReport,
  type OutcomeReport,
  type PoolReport,
  type PoolSummary,
  type SourceReport,
} from './store/read-pool.ts';
export {
  readRedemption,
  readRedemptions,
  type RecordedRedemption,
  type RedemptionPage,
} from './store/read-redemptions.ts';
export {
  readSellerFunding,
  readTopSellers,
  type SellerFunding,
  type TopSeller,
} from './store/read-sellers.ts';
export {
  countTillDecisions,
  readTillDecisions,
  type TillReport,
} from './store/read-till-decisions.ts';
export { recordOutcomes, type OutcomeRecord } from './store/record-outcomes.ts';
export {
  recordRedemptions,
  type IntakeAnswer,
  type RedemptionIntake,
} from './store/record-redemptions.ts';
export { readUsage, recordUsage, type UsageWindow, type WeeklyUsage } from './store/usage.ts';
