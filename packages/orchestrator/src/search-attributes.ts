import { defineSearchAttributeKey } from '@temporalio/common';

/**
 * What an operator filters workflows by. PostgreSQL visibility allows ten Keyword, three Int and
 * three Bool attributes a namespace; amounts are whole minor units, never a Double.
 */
export const searchAttributes = {
  poolId: defineSearchAttributeKey('PoolId', 'KEYWORD'),
  poolState: defineSearchAttributeKey('PoolState', 'KEYWORD'),
  batchId: defineSearchAttributeKey('BatchId', 'KEYWORD'),
  sellerId: defineSearchAttributeKey('SellerId', 'KEYWORD'),
  payoutState: defineSearchAttributeKey('PayoutState', 'KEYWORD'),
  mainAccountId: defineSearchAttributeKey('MainAccountId', 'KEYWORD'),
  ruleSetId: defineSearchAttributeKey('RuleSetId', 'KEYWORD'),
  amountMinor: defineSearchAttributeKey('AmountMinor', 'INT'),
  needsOperator: defineSearchAttributeKey('NeedsOperator', 'BOOL'),
} as const;
