/** The task queue of all workflows and activities, unless a worker is told another one. */
export const defaultTaskQueue = 'sluice';

/** Workflow ids are business keys: a second start of the same business is the same workflow. */
export const workflowIds = {
  pool: (poolId: string): string => `pool:${poolId}`,
  batch: (batchId: string): string => `batch:${batchId}`,
  redemption: (redemptionId: string): string => `redemption:${redemptionId}`,
  payout: (payoutId: string): string => `payout:${payoutId}`,
  booking: (institution: string, rule: string): string => `booking:${institution}:${rule}`,
  /** One at a time for each rule set. */
  ruleRollout: (setId: string): string => `rule-rollout:${setId}`,
  /** There is one. */
  ledgerUpkeep: (): string => 'ledger-upkeep',
  redistribution: (mainAccountId: string, generation: number): string =>
    `redistribution:${mainAccountId}:${generation}`,
} as const;
