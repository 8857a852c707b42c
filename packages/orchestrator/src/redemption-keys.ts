/** The keys under which a redemption's effects stand, each once for ever. */
export const redemptionKeys = {
  /** Of the receipt of its settlement. */
  receipt: (redemptionId: string): string => `subsidy:${redemptionId}`,
  /** Of the payout that the single lane makes for it. */
  payout: (redemptionId: string): string => `redemption/${redemptionId}`,
} as const;
