export {
  chooseSubAccount,
  type Route,
  type RoutePart,
  type RouteRequest,
} from './domain/choose-sub-account.ts';
export { decideRoute, type RouteDecision } from './domain/decide-route.ts';
export { stateOf, type MainAccountState, type Standing } from './domain/main-account-state.ts';
export { planDeposit } from './domain/plan-deposit.ts';
export {
  planRedistribution,
  type AccountBalance,
  type Move,
  type RedistributionPlan,
} from './domain/plan-redistribution.ts';
export { checkRule, defaultRule, type SettlementRule } from './domain/settlement-rule.ts';
export { subAccountCode } from './domain/sub-account-code.ts';
export type { Balances } from './store/balances.ts';
export { checkSettlement } from './store/check-settlement.ts';
export type { MainAccountHead } from './store/main-account-head.ts';
export { settlementMigrations } from './store/migrations.ts';
export { numberTask, type TaskName } from './store/number-task.ts';
export { openMainAccount, type OpenMainAccount } from './store/open-main-account.ts';
export {
  readMainAccount,
  type MainAccount,
  type RedistributionRecord,
  type SubAccount,
} from './store/read-main-account.ts';
export {
  beginRedistribution,
  completeRedistribution,
  type CompleteRedistribution,
  type NoRedistribution,
  type OpenRedistribution,
  type Redistribute,
} from './store/redistribution.ts';
export { routeDeposit, type RoutedDeposit } from './store/route-deposit.ts';
export {
  routeTask,
  type AccountPart,
  type RedistributeFirst,
  type RoutedTask,
  type RouteTask,
  type WaitFirst,
} from './store/route-task.ts';
