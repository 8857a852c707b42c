import { chooseSubAccount, type Route, type RouteRequest } from './choose-sub-account.ts';
import { stateOf, type Standing } from './main-account-state.ts';

/** What becomes of a task, with the standing that led to it. */
export type RouteDecision =
  | { readonly kind: 'route'; readonly route: Route; readonly standing: Standing }
  | { readonly kind: 'redistribute'; readonly standing: Standing }
  | { readonly kind: 'insufficient'; readonly standing: Standing };

/**
 * Decides one task from the balances of the active generation (claim 4): refuse when the money is
 * not there, redistribute first when too few sub-accounts are healthy, otherwise route.
 */
export function decideRoute(request: RouteRequest): RouteDecision {
  const standing = stateOf(request.balancesMinor, request.rule);
  const refuseAll = standing.state === 'insufficient' && request.rule.whenInsufficient === 'refuse';
  const route = refuseAll ? null : chooseSubAccount(request);
  // Redistribution makes no money: a draw beyond the total is refused at once.
  if (route === null) return { kind: 'insufficient', standing };
  if (standing.state === 'redistribute') return { kind: 'redistribute', standing };
  return { kind: 'route', route, standing };
}
