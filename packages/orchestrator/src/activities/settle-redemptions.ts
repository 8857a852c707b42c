import { once, type Json, type Tx } from '@sluice/database';
import { isPosted, openAccounts, postTransfers, type Transfer } from '@sluice/ledger';
import { isRefusal, money, parseCurrency, type Refusal } from '@sluice/money';
import {
  evaluateDraws,
  lockFunds,
  recordOutcomes,
  type DrawLine,
  type Outcome,
  type PoolFunds,
  type RecordedRedemption,
} from '@sluice/pool';
import type { Dependencies } from './dependencies.ts';
import { bookTogether, postingRefused } from './post-bookings.ts';
import {
  dayOf,
  decideDiscounts,
  drawComponents,
  explanationOf,
  quoteSubsidy,
  type Discount,
  type PricedRedemption,
} from './price-redemption.ts';
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

interface Decided {
  readonly redemption: RecordedRedemption;
  readonly discounts: readonly Discount[];
  readonly priced: PricedRedemption | Refusal;
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
  // Both lanes pass this lock first, so a redemption that both of them see meets its receipt.
  const funds = await lockFunds(tx, poolId);
  if (isRefusal(funds)) return funds;
  const tariffs = await dependencies.tariffs.forDays(tx, redemptions.map(dayOf));
  const commands = redemptions.map((redemption) => ({
    key: `subsidy:${redemption.id}`,
    body: bodyOf(redemption),
  }));
  return once<Settled>(tx, commands, workflowId, async (fresh) => {
    const decided = fresh.map((index) => decide(dependencies, tariffs, redemptions[index]));
    await openPayables(tx, decided, funds);
    const outcomes = await drawAndBook(tx, dependencies, { funds, decided, workflowId });
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

/** A seller's first redemption opens its payable account. */
async function openPayables(
  tx: Tx,
  decided: readonly Decided[],
  { currency: code }: PoolFunds,
): Promise<void> {
  const currency = parseCurrency(code);
  if (isRefusal(currency)) throw new Error(currency.message);
  const sellers = new Set(
    decided
      .filter(({ priced }) => !isRefusal(priced))
      .map(({ redemption: { sellerId } }) => sellerId),
  );
  const accounts = [...sellers].sort().map((sellerId) => ({
    code: `payable/${sellerId}`,
    currency,
    floorMinor: 0n,
    ceilingMinor: null,
  }));
  if (accounts.length > 0) await openAccounts(tx, accounts);
}

/**
 * Draws and books. A redemption that the ledger refuses is refused whole: everything is undone and
 * done again without it, so pool and ledger never disagree.
 */
async function drawAndBook(
  tx: Tx,
  dependencies: Dependencies,
  request: {
    readonly funds: PoolFunds;
    readonly decided: readonly Decided[];
    readonly workflowId: string;
  },
): Promise<readonly Outcome[]> {
  let decided = request.decided;
  for (;;) {
    const { outcomes, funds } = draw(request.funds, decided);
    const transfers = book(dependencies, request.funds, decided, outcomes);
    const refused = await postOrUndo(tx, transfers);
    if (refused.size === 0) {
      await recordOutcomes(tx, { funds, outcomes, workflowId: request.workflowId });
      return outcomes;
    }
    decided = decided.map((one) => ({
      ...one,
      priced: refused.get(one.redemption.id) ?? one.priced,
    }));
  }
}

function draw(
  before: PoolFunds,
  decided: readonly Decided[],
): { readonly outcomes: readonly Outcome[]; readonly funds: PoolFunds } {
  const asking = decided.filter(({ priced }) => !isRefusal(priced));
  const draws = evaluateDraws(
    before,
    asking.map(({ redemption: { id, sellerId }, priced }) => ({
      redemptionId: id,
      sellerId,
      components: isRefusal(priced) ? [] : drawComponents(priced),
    })),
  );
  const answers = new Map(asking.map((one, index) => [one, draws.outcomes[index]]));
  const outcomes = decided.map((one) => outcomeOf(one, answers.get(one)));
  return { outcomes, funds: draws.funds };
}

function outcomeOf(
  { redemption, discounts, priced }: Decided,
  answer: readonly DrawLine[] | Refusal | undefined,
): Outcome {
  const redemptionId = redemption.id;
  const discountMinor = discounts.reduce((total, { amount }) => total + amount.minor, 0n);
  if (isRefusal(priced)) {
    return {
      redemptionId,
      status: priced.code === 'DISCOUNT_UNDECIDED' ? 'parked' : 'refused',
      refusal: priced,
      discountMinor,
      subsidyMinor: 0n,
      lines: [],
      explanation: explanationOf(discounts, []),
    };
  }
  const found = {
    redemptionId,
    discountMinor,
    subsidyMinor: priced.subsidy.minor,
    explanation: explanationOf(discounts, priced.components),
  };
  if (answer === undefined) throw new Error(`redemption ${redemptionId} got no answer`);
  return isRefusal(answer)
    ? { ...found, status: 'refused', refusal: answer, lines: [] }
    : { ...found, status: 'paid', refusal: null, lines: answer };
}

function book(
  { program }: Dependencies,
  funds: PoolFunds,
  decided: readonly Decided[],
  outcomes: readonly Outcome[],
): readonly Transfer[] {
  return outcomes.flatMap((outcome, index) => {
    const redemption = decided[index]?.redemption;
    if (outcome.status !== 'paid' || redemption === undefined) return [];
    return bookTogether(
      program,
      outcome.lines.map((line) => ({
        type: `subsidy.${line.kind}`,
        key: `subsidy:${redemption.id}/${line.line}`,
        reference: redemption.id,
        at: redemption.redeemedAt,
        parameters: {
          source: line.sourceId,
          pool: funds.poolId,
          seller: redemption.sellerId,
        },
        amounts: { drawn: money(line.amountMinor, funds.currency) },
      })),
    );
  });
}

/** Posts, or undoes the posting and says which redemptions the ledger refused, and why. */
async function postOrUndo(
  tx: Tx,
  transfers: readonly Transfer[],
): Promise<ReadonlyMap<string, Refusal>> {
  const refused = new Map<string, Refusal>();
  const undo = new Error('undo the posting');
  try {
    await tx.savepoint(async () => {
      const results = await postTransfers(tx, transfers);
      transfers.forEach((transfer, index) => {
        const status = results[index]?.status ?? 'linked-transfer-failed';
        if (isPosted(status) || status === 'linked-transfer-failed') return;
        refused.set(transfer.reference, postingRefused(transfer, status));
      });
      if (refused.size > 0) throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return refused;
}

function toSettled({ status, subsidyMinor, refusal }: Outcome): Settled {
  return {
    status,
    subsidyMinor: String(subsidyMinor),
    refusal: refusal === null ? null : { ...refusal },
  };
}
