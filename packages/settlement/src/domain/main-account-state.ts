import type { SettlementRule } from './settlement-rule.ts';

/** The state of a main account as it is stored and shown (claims 4 and 5). */
export type MainAccountState = 'normal' | 'redistributing' | 'insufficient';

/** What the balances of the active generation say under a rule. */
export interface Standing {
  /**
   * `insufficient`: all together hold less than threshold 1. `redistribute`: the share of healthy
   * sub-accounts is below the preset value. `normal`: choose among them.
   */
  readonly state: 'normal' | 'redistribute' | 'insufficient';
  /** Healthy sub-accounts of all, in basis points, rounded down; for people. */
  readonly shareBps: number;
  /** What all of them hold together, in minor units. */
  readonly totalMinor: bigint;
}

/** Whether a sub-account holds threshold 1 or more: the complement of claim 4's "below". */
export function isHealthy(balanceMinor: bigint, rule: SettlementRule): boolean {
  return balanceMinor >= rule.thresholdMinor;
}

/** The sum of balances, in minor units. */
export function totalOf(balancesMinor: readonly bigint[]): bigint {
  return balancesMinor.reduce((left, right) => left + right, 0n);
}

/**
 * Reads the standing of a generation from its balances (claims 1 and 4). The share is compared
 * exactly, by cross-multiplication.
 *
 * @param balancesMinor one per sub-account, in the order of their numbers; at least one.
 */
export function stateOf(balancesMinor: readonly bigint[], rule: SettlementRule): Standing {
  const size = balancesMinor.length;
  if (size === 0) throw new RangeError('a generation has at least one sub-account');
  const totalMinor = totalOf(balancesMinor);
  const healthy = balancesMinor.filter((balance) => isHealthy(balance, rule)).length;
  const shareBps = Math.floor((healthy * 10_000) / size);
  if (totalMinor < rule.thresholdMinor) return { state: 'insufficient', shareBps, totalMinor };
  const distance = healthy * 10_000 - rule.presetShareBps * size;
  const short = rule.boundary === 'below' ? distance < 0 : distance <= 0;
  return { state: short ? 'redistribute' : 'normal', shareBps, totalMinor };
}
