import { once, type Json, type Tx } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { lockFunds, type Outcome, type RecordedRedemption } from '@sluice/pool';
import type { Dependencies } from './dependencies.ts';
import { drawAndBook, type Decided } from './draw-and-book.ts';
import { dayOf, decideDiscounts, quoteSubsidy } from './price-redemption.ts';
import type { DayTariffs } from './tariff-book.ts';

/** What became of one redemption; also what its receipt keeps. */
export interface Settled extends Record<string, Json | undefined> {
  readonly status: Outcome['status'];
  /** Minor units as text; what was asked for when it was not paid. */
  readonly subsidyMinor: string;
  readonly refusal: Json;
}

export interface SettleRequest {
  readonly poolId: string;
  readonly redemptions: readonly RecordedRedemption[];
  readonly workflowId: string;
  /** Done in the same transaction for each redemption that is paid now, and not before. */
  readonly onPaid?: (redemption: RecordedRedemption, subsidyMinor: bigint) => Promise<void>;
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
  // Both lanes pass this lock, so a redemption that both of them see meets its receipt.
  const funds = await lockFunds(tx, poolId);
  if (isRefusal(funds)) return funds;
  const commands = redemptions.map((redemption) => ({
    key: `subsidy:${redemption.id}`,
    body: bodyOf(redemption),
  }));
  return once<Settled>(tx, commands, workflowId, async (fresh) => {
    const decided = fresh.map((index) => decide(dependencies, tariffs, redemptions[index]));
    const { program } = dependencies;
    const outcomes = await drawAndBook(tx, program, { funds, decided, workflowId });
    for (const [index, { status, subsidyMinor }] of outcomes.entries()) {
      const redemption = decided[index]?.redemption;
      if (status === 'paid' && redemption) await onPaid?.(redemption, subsidyMinor);
    }
    return outcomes.map(toSettled);
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
  };
}

function decide(
  { program }: Dependencies,
  tariffs: ReadonlyMap<string, DayTariffs | Refusal>,
  redemption: RecordedRedemption | undefined,
): Decided {
  if (redemption === undefined) throw new Error('a fresh command has no redemption');
  const day = tariffs.get(dayOf(redemption));
  if (day === undefined) throw new Error(`the tariffs of ${dayOf(redemption)} were not loaded`);
  if (isRefusal(day)) return { redemption, discounts: [], priced: day };
  const discounts = decideDiscounts(program, redemption);
  if (isRefusal(discounts)) return { redemption, discounts: [], priced: discounts };
  return { redemption, discounts, priced: quoteSubsidy(day, redemption, discounts) };
}

function toSettled({ status, subsidyMinor, refusal }: Outcome): Settled {
  return {
    status,
    subsidyMinor: String(subsidyMinor),
    refusal: refusal === null ? null : { ...refusal },
  };
}
