import { executeChild, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { PayoutView, RedemptionOutcome, SubsidyPayoutInput } from '../contract.ts';
import { workflowIds } from '../names.ts';
import { searchAttributes } from '../search-attributes.ts';
import { database } from './activity-proxies.ts';
import { payout } from './payout.ts';
import { failWith, isRefusal } from './refusals.ts';

/** What the single lane made of one redemption. */
export interface SubsidyPayoutResult {
  readonly outcome: RedemptionOutcome;
  /** Where its payout stands; null when nothing was paid. */
  readonly payout: PayoutView | null;
}

/**
 * The single lane: one redemption from its discount to the bank, each step an activity to look at.
 * Deciding and quoting are shown for the operator; drawing decides and quotes again inside its
 * transaction, with the same pure code, so nothing can change in between.
 */
export async function subsidyPayout(input: SubsidyPayoutInput): Promise<SubsidyPayoutResult> {
  const { redemptionId, poolId } = input;
  const seller = await database.sellerOf.executeWithOptions(
    { summary: 'the recorded redemption' },
    [{ redemptionId }],
  );
  if ('kind' in seller) failWith(seller);
  upsertSearchAttributes([
    { key: searchAttributes.poolId, value: poolId },
    { key: searchAttributes.sellerId, value: seller.sellerId },
  ]);
  const discounts = await database.decideDiscounts.executeWithOptions(
    { summary: 'the discounts that the rules give' },
    [{ redemptionId }],
  );
  if (isRefusal(discounts)) failWith(discounts);
  await database.quoteSubsidy.executeWithOptions(
    { summary: 'the seller is paid back his share, and fees' },
    [{ redemptionId }],
  );
  const outcome = await database.drawAndBook.executeWithOptions(
    { summary: 'draw from the funding sources and book, one transaction' },
    [{ poolId, redemptionId }],
  );
  if (isRefusal(outcome)) failWith(outcome);
  setCurrentDetails(`${outcome.kind}: ${outcome.refusal?.message ?? outcome.subsidy.amount}`);
  const { payoutId } = outcome;
  if (payoutId === null) return { outcome, payout: null };
  const paid = await executeChild(payout, {
    workflowId: workflowIds.payout(payoutId),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `${seller.sellerId} ${outcome.subsidy.amount} ${outcome.subsidy.currency}`,
    args: [
      {
        payoutId,
        sellerId: seller.sellerId,
        amount: outcome.subsidy,
        mainAccountId: input.mainAccountId,
        reference: redemptionId,
        watch: input.watch,
      },
    ],
  });
  return { outcome, payout: paid };
}
