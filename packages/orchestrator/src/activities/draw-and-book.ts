import type { Tx } from '@sluice/database';
import { isPosted, openAccounts, postTransfers, type BookedTransfer } from '@sluice/ledger';
import { isRefusal, money, parseCurrency, expectAnswer, type Refusal } from '@sluice/money';
import {
  evaluateDraws,
  recordOutcomes,
  type DrawLine,
  type Outcome,
  type PoolFunds,
  type RecordedRedemption,
} from '@sluice/pool';
import { payableAccount, platformFeeAccount } from './account-codes.ts';
import { gatherBookings } from './gather-bookings.ts';
import { bookTogether, postingRefused, type Booking } from './post-bookings.ts';
import {
  drawComponents,
  explanationOf,
  type Discount,
  type PricedRedemption,
  type TillVerdict,
} from './price-redemption.ts';
import { platformFeeType, subsidyType, type Program } from './program.ts';

/** A redemption with what the rules and the tariffs made of it. */
export interface Decided {
  readonly redemption: RecordedRedemption;
  readonly discounts: readonly Discount[];
  readonly priced: PricedRedemption | Refusal;
  /** How the discounts compare with those of a till; null where there was none to compare with. */
  readonly till: TillVerdict | null;
}

/** What somebody has to look at is parked, not refused. */
const parkingCodes: ReadonlySet<string> = new Set([
  'DISCOUNT_UNDECIDED',
  'TILL_DECISION_DIFFERS',
  'TILL_DECISION_INVALID',
  'TILL_RULES_UNKNOWN',
]);

/** Why redemptions were refused after they were priced, by redemption id. */
type Refused = ReadonlyMap<string, Refusal>;

/**
 * Draws, books and records, in the transaction that holds the pool's funds. A redemption that the
 * ledger refuses is refused whole: what was posted is undone and done again without it, so that
 * pool and ledger never disagree and its neighbours go through.
 */
export async function drawAndBook(
  tx: Tx,
  program: Program,
  request: {
    readonly funds: PoolFunds;
    readonly decided: readonly Decided[];
    readonly workflowId: string;
  },
): Promise<readonly Outcome[]> {
  const { funds: before, decided, workflowId } = request;
  await program.bookingBook.refresh(tx);
  let refused: Refused = new Map();
  for (;;) {
    const { outcomes, funds } = draw(before, decided, refused);
    const paid = decided.flatMap(({ redemption }, index) => {
      const outcome = outcomes[index];
      return outcome?.status === 'paid' ? [{ redemption, outcome }] : [];
    });
    const nowRefused = await book(tx, program, before, paid);
    if (nowRefused.size === 0) {
      await recordOutcomes(tx, { funds, outcomes, workflowId });
      return outcomes;
    }
    refused = new Map([...refused, ...nowRefused]);
  }
}

function draw(
  before: PoolFunds,
  decided: readonly Decided[],
  refused: Refused,
): { readonly outcomes: readonly Outcome[]; readonly funds: PoolFunds } {
  const requests = decided.flatMap(({ redemption: { id, sellerId }, priced }) =>
    isRefusal(priced) || refused.has(id)
      ? []
      : [{ redemptionId: id, sellerId, components: drawComponents(priced) }],
  );
  const draws = evaluateDraws(before, requests);
  const answers = new Map<string, readonly DrawLine[] | Refusal | undefined>(refused);
  requests.forEach(({ redemptionId }, index) => answers.set(redemptionId, draws.outcomes[index]));
  const outcomes = decided.map((one) => outcomeOf(one, answers.get(one.redemption.id)));
  return { outcomes, funds: draws.funds };
}

function outcomeOf(
  { redemption, discounts, priced, till }: Decided,
  answer: readonly DrawLine[] | Refusal | undefined,
): Outcome {
  const redemptionId = redemption.id;
  const discountMinor = discounts.reduce((total, { amount }) => total + amount.minor, 0n);
  if (isRefusal(priced)) {
    return {
      redemptionId,
      status: parkingCodes.has(priced.code) ? 'parked' : 'refused',
      refusal: priced,
      discountMinor,
      subsidyMinor: 0n,
      platformFeeMinor: 0n,
      lines: [],
      explanation: explanationOf(discounts, { components: [], fees: [] }, till),
    };
  }
  const found = {
    redemptionId,
    discountMinor,
    subsidyMinor: priced.subsidy.minor,
    explanation: explanationOf(discounts, priced, till),
  };
  if (answer === undefined) throw new Error(`redemption ${redemptionId} got no answer`);
  return isRefusal(answer)
    ? { ...found, status: 'refused', refusal: answer, platformFeeMinor: 0n, lines: [] }
    : {
        ...{ ...found, status: 'paid', refusal: null },
        ...{ platformFeeMinor: priced.fee.minor, lines: answer },
      };
}

interface Paid {
  readonly redemption: RecordedRedemption;
  readonly outcome: Outcome;
}

/** Books what is paid, all of it; or nothing, and says which redemptions could not be, and why. */
async function book(
  tx: Tx,
  program: Program,
  funds: PoolFunds,
  paid: readonly Paid[],
): Promise<Refused> {
  const refused = new Map<string, Refusal>();
  const transfers: BookedTransfer[] = [];
  for (const { redemption, outcome } of paid) {
    const booked = bookTogether(program, bookingsOf(funds, redemption, outcome));
    if (isRefusal(booked)) refused.set(redemption.id, booked);
    else transfers.push(...booked);
  }
  if (refused.size > 0) return refused;
  return postOrUndo(tx, program, { funds, paid, transfers });
}

/** The seller gets the whole subsidy and leaves the fee of it behind, in this order. */
function bookingsOf(
  { poolId: pool, currency }: PoolFunds,
  { id: reference, redeemedAt: at, sellerId: seller }: RecordedRedemption,
  { lines, platformFeeMinor }: Outcome,
): readonly Booking[] {
  const draws = lines.map(({ line, kind, sourceId: source, amountMinor }) => ({
    ...{ type: subsidyType(kind), key: `subsidy:${reference}/${line}`, reference, at },
    parameters: { source, pool, seller },
    amounts: { drawn: money(amountMinor, currency) },
  }));
  if (platformFeeMinor === 0n) return draws;
  const fee = {
    ...{ type: platformFeeType, key: `platform-fee:${reference}`, reference, at },
    parameters: { pool, seller, currency },
    amounts: { fee: money(platformFeeMinor, currency) },
  };
  return [...draws, fee];
}

/** Posts, or undoes the posting and says which redemptions the ledger refused, and why. */
async function postOrUndo(
  tx: Tx,
  program: Program,
  request: {
    readonly funds: PoolFunds;
    readonly paid: readonly Paid[];
    readonly transfers: readonly BookedTransfer[];
  },
): Promise<Refused> {
  const { funds, paid, transfers } = request;
  const refused = new Map<string, Refusal>();
  const undo = new Error('undo the posting');
  try {
    await tx.savepoint(async () => {
      await openCredited(tx, funds, paid);
      const results = await postTransfers(tx, transfers);
      transfers.forEach((transfer, index) => {
        const status = results[index]?.status ?? 'linked-transfer-failed';
        if (isPosted(status) || status === 'linked-transfer-failed') return;
        refused.set(transfer.reference, postingRefused(transfer, status));
      });
      if (refused.size > 0) throw undo;
      await gatherBookings(tx, program, transfers, results);
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return refused;
}

/**
 * A seller's first subsidy opens its payable, the first fee the platform's income: not the pool,
 * which may have been opened before there were fees. One that is open in another currency stays as
 * it is, and the ledger refuses to post to it.
 */
async function openCredited(tx: Tx, funds: PoolFunds, paid: readonly Paid[]): Promise<void> {
  if (paid.length === 0) return;
  const currency = expectAnswer(parseCurrency(funds.currency));
  const sellers = new Set(paid.map(({ redemption }) => redemption.sellerId));
  const payables = [...sellers].map((sellerId) => payableAccount(sellerId, currency));
  const hasFee = paid.some(({ outcome }) => outcome.platformFeeMinor > 0n);
  await openAccounts(tx, hasFee ? [...payables, platformFeeAccount(currency)] : payables);
}
