import { once, type Json, type Tx } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { lockFunds, type Outcome, type RecordedRedemption } from '@sluice/pool';
import { redemptionKeys } from '../redemption-keys.ts';
import type { Dependencies } from './dependencies.ts';
import { drawAndBook, type Decided } from './draw-and-book.ts';
import { decideRedemption } from './decide-redemption.ts';
import { dayOf, quoteSubsidy } from './price-redemption.ts';
import { recordComparisons } from './rule-rollout-runs.ts';
import type { DayTariffs } from './tariff-book.ts';
import type { TillRuns } from './till-rules.ts';

/** What became of one redemption; also what its receipt keeps. */
export interface Settled extends Record<string, Json | undefined> {
  readonly status: Outcome['status'];
  /** Minor units as text; what was asked for when it was not paid. */
  readonly subsidyMinor: string;
  /** What of it the platform kept; absent in receipts from before there was a fee. */
  readonly platformFeeMinor?: string;
  readonly refusal: Json;
}

/** What of a redemption's subsidy is the seller's, and what the platform's, in minor units. */
export interface Shared {
  readonly netMinor: bigint;
  readonly feeMinor: bigint;
}

/** How a settled subsidy was shared: nothing to nobody unless it was paid. */
export function sharesOf({ status, subsidyMinor, platformFeeMinor = '0' }: Settled): Shared {
  if (status !== 'paid') return { netMinor: 0n, feeMinor: 0n };
  const feeMinor = BigInt(platformFeeMinor);
  return { netMinor: BigInt(subsidyMinor) - feeMinor, feeMinor };
}

export interface SettleRequest {
  readonly poolId: string;
  readonly redemptions: readonly RecordedRedemption[];
  readonly workflowId: string;
  /** Done in the same transaction for each redemption that is paid now, and not before. */
  readonly onPaid?: (redemption: RecordedRedemption, settled: Settled) => Promise<void>;
}

/**
 * The business step of both lanes: decides, prices, draws and books redemptions in the caller's
 * one transaction, each of them once for ever by its receipt. A refused one leaves no trace but its
 * outcome and receipt, and never stops its neighbours.
 *
 * @returns one answer per redemption, in order; or `POOL_UNKNOWN`.
 */
export async function settleRedemptions(
  tx: Tx,
  dependencies: Dependencies,
  { poolId, redemptions, workflowId, onPaid }: SettleRequest,
): Promise<readonly (Settled | Refusal)[] | Refusal> {
  const tariffs = await dependencies.tariffs.forDays(tx, redemptions.map(dayOf));
  const tills = await dependencies.tillRules.forRedemptions(tx, redemptions);
  // Both lanes pass this lock, so a redemption that both of them see meets its receipt.
  const funds = await lockFunds(tx, poolId);
  if (isRefusal(funds)) return funds;
  // Behind the lock: whoever waited for it decides by what is in force now.
  await dependencies.rules.refresh(tx);
  const commands = redemptions.map((redemption) => ({
    key: redemptionKeys.receipt(redemption.id),
    body: bodyOf(redemption),
  }));
  return once<Settled>(tx, commands, workflowId, async (fresh) => {
    const decided = fresh.map((index) =>
      decide(dependencies, { tariffs, tills }, redemptions[index]),
    );
    const { program, rules } = dependencies;
    const decidedNow = decided.map(({ redemption }) => redemption);
    await recordComparisons(tx, rules.rollouts, { redemptions: decidedNow, tills, workflowId });
    const outcomes = await drawAndBook(tx, program, { funds, decided, workflowId });
    const settled = outcomes.map(toSettled);
    for (const [index, one] of settled.entries()) {
      const redemption = decided[index]?.redemption;
      if (one.status === 'paid' && redemption) await onPaid?.(redemption, one);
    }
    return settled;
  });
}

function bodyOf(redemption: RecordedRedemption): Json {
  return {
    id: redemption.id,
    seller: redemption.sellerId,
    product: redemption.productId,
    brand: redemption.brandId,
    quantity: redemption.quantity,
    at: redemption.redeemedAt,
    currency: redemption.currency,
    paid: String(redemption.paidMinor),
    coupon: String(redemption.couponValueMinor),
    loyalty: String(redemption.loyaltyDiscountMinor),
    // Absent, not null: a receipt from before there were tills stands for the same body.
    till: redemption.tillDecision ?? undefined,
  };
}

function decide(
  { rules }: Dependencies,
  {
    tariffs,
    tills,
  }: {
    readonly tariffs: ReadonlyMap<string, DayTariffs | Refusal>;
    readonly tills: TillRuns;
  },
  redemption: RecordedRedemption | undefined,
): Decided {
  if (redemption === undefined) throw new Error('a fresh command has no redemption');
  const day = tariffs.get(dayOf(redemption));
  if (day === undefined) throw new Error(`the tariffs of ${dayOf(redemption)} were not loaded`);
  const { discounts, till } = decideRedemption(rules, tills, redemption);
  if (isRefusal(discounts)) return { redemption, discounts: [], priced: discounts, till };
  if (isRefusal(day)) return { redemption, discounts, priced: day, till };
  return { redemption, discounts, priced: quoteSubsidy(day, redemption, discounts), till };
}

function toSettled({ status, subsidyMinor, platformFeeMinor, refusal }: Outcome): Settled {
  return {
    status,
    subsidyMinor: String(subsidyMinor),
    platformFeeMinor: String(platformFeeMinor),
    refusal: refusal === null ? null : { ...refusal },
  };
}
