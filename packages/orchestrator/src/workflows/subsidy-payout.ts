import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  executeChild,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { PayoutView, RedemptionOutcome, SubsidyPayoutInput } from '../contract.ts';
import { workflowIds } from '../names.ts';
import { searchAttributes } from '../search-attributes.ts';
import { database } from './activity-proxies.ts';
import { amountText } from './markdown.ts';
import { payout } from './payout.ts';
import { failWith, isRefusal } from './refusals.ts';

/** What the single lane made of one redemption. */
export interface SubsidyPayoutResult {
  readonly outcome: RedemptionOutcome;
  /** Where its payout stands; null when it has none, or when that was started before. */
  readonly payout: PayoutView | null;
}

/**
 * The single lane: one redemption from its discount to the bank, each step an activity to look at.
 * Deciding and quoting are shown for the operator; drawing decides and quotes again inside its
 * transaction, with the same pure code, so nothing can change in between. It cannot be cancelled:
 * what was drawn has to be paid.
 */
export function subsidyPayout(input: SubsidyPayoutInput): Promise<SubsidyPayoutResult> {
  return CancellationScope.nonCancellable(() => settleAndPay(input));
}

async function settleAndPay(input: SubsidyPayoutInput): Promise<SubsidyPayoutResult> {
  const { redemptionId, poolId } = input;
  const seller = await database.sellerOf.executeWithOptions(
    { summary: 'the recorded redemption' },
    [{ redemptionId }],
  );
  if (isRefusal(seller)) failWith(seller);
  const { sellerId } = seller;
  upsertSearchAttributes([
    { key: searchAttributes.poolId, value: poolId },
    { key: searchAttributes.sellerId, value: sellerId },
  ]);
  await show(redemptionId);
  const outcome = await database.drawAndBook.executeWithOptions(
    { summary: 'draw from the funding sources and book, one transaction' },
    [{ poolId, redemptionId }],
  );
  if (isRefusal(outcome)) failWith(outcome);
  setCurrentDetails(describe(outcome));
  const { payoutId } = outcome;
  if (payoutId === null) return { outcome, payout: null };
  return { outcome, payout: await pay(input, { payoutId, sellerId, outcome }) };
}

/** What the rules and tariffs say. A "no" of theirs is not the end: drawing records it. */
async function show(redemptionId: string): Promise<void> {
  const discounts = await database.decideDiscounts.executeWithOptions(
    { summary: 'the discounts that the rules give' },
    [{ redemptionId }],
  );
  if (isRefusal(discounts)) return;
  await database.quoteSubsidy.executeWithOptions(
    { summary: 'the share that the seller is paid back, and fees' },
    [{ redemptionId }],
  );
}

async function pay(
  { mainAccountId, redemptionId, watch }: SubsidyPayoutInput,
  due: {
    readonly payoutId: string;
    readonly sellerId: string;
    readonly outcome: RedemptionOutcome;
  },
): Promise<PayoutView | null> {
  const { payoutId, sellerId, outcome } = due;
  const amount = outcome.net ?? outcome.subsidy;
  try {
    return await executeChild(payout, {
      workflowId: workflowIds.payout(payoutId),
      // One that failed may go on: every effect inside has a key of its own.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      // Whatever becomes of this workflow, money on its way is followed.
      parentClosePolicy: 'ABANDON',
      staticSummary: `${amountText(amount)} to seller ${sellerId}`,
      args: [{ payoutId, sellerId, amount, mainAccountId, reference: redemptionId, watch }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    setCurrentDetails(`${describe(outcome)}; see ${workflowIds.payout(payoutId)}, started before`);
    return null;
  }
}

function describe({ kind, refusal, subsidy, fee, net }: RedemptionOutcome): string {
  if (refusal !== null) return `${kind}: ${refusal.message}`;
  const paid = `${kind}: ${amountText(subsidy)}`;
  if (fee === undefined) return paid;
  return `${paid}, less a platform fee of ${amountText(fee)}: ${amountText(net)} to the seller`;
}
