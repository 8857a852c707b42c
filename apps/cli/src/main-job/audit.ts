import type { Database } from '@sluice/database';
import { classifyMatch, type MatchException } from '@sluice/datasets';
import { formatAmount, isRefusal, money, parseMoney } from '@sluice/money';
import { readOutcomes, readRedemptions, type Outcome, type RecordedRedemption } from '@sluice/pool';

/** A match that the till recorded otherwise than the rule gives. */
export interface MatchDifference {
  readonly redemptionId: string;
  readonly coupon: string;
  readonly computed: string;
  readonly recorded: string;
  readonly reason: string;
}

/** What became of the redemptions of some batches, held against what the till recorded. */
export interface Audit {
  readonly rows: number;
  readonly accepted: number;
  readonly refused: number;
  readonly parked: number;
  /** Drawn for all kinds of subsidy. */
  readonly drawnMinor: bigint;
  /** Drawn for coupons: from brands, who alone serve them. */
  readonly drawnForCouponsMinor: bigint;
  /** The coupons of accepted redemptions, as recorded. */
  readonly acceptedCouponMinor: bigint;
  /** The coupons of all redemptions, as recorded. */
  readonly couponMinor: bigint;
  /** The match as the rule gives it, put right by the listed differences. */
  readonly correctedMatchMinor: bigint;
  /** Lines with a coupon. */
  readonly couponLines: number;
  readonly differences: readonly MatchDifference[];
}

type Counted = { -readonly [Field in keyof Audit]: Audit[Field] };

const page = 5_000;

/** Goes through recorded redemptions once more, page by page. */
export async function auditRedemptions(
  database: Database,
  request: {
    readonly batchIds: readonly string[];
    readonly currency: string;
    readonly onRows: (rows: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<Audit> {
  const differences: MatchDifference[] = [];
  const counted: Counted = { ...nothing, differences };
  for await (const rows of decidedRedemptions(database, request.batchIds)) {
    request.signal.throwIfAborted();
    for (const { redemption, outcome } of rows) {
      count(counted, redemption, outcome);
      if (outcome === undefined || redemption.couponValueMinor === 0n) continue;
      const difference = compareMatch(counted, redemption, outcome, request.currency);
      if (difference !== null) differences.push(difference);
    }
    request.onRows(counted.rows);
  }
  return counted;
}

const nothing: Audit = {
  ...{ rows: 0, accepted: 0, refused: 0, parked: 0, couponLines: 0 },
  ...{ drawnMinor: 0n, drawnForCouponsMinor: 0n, acceptedCouponMinor: 0n, couponMinor: 0n },
  ...{ correctedMatchMinor: 0n, differences: [] },
};

interface Decided {
  readonly redemption: RecordedRedemption;
  /** Undefined while it is waiting. */
  readonly outcome: Outcome | undefined;
}

/** The redemptions of batches with what became of them, page by page. */
export async function* decidedRedemptions(
  database: Database,
  batchIds: readonly string[],
): AsyncGenerator<readonly Decided[]> {
  for (const batchId of batchIds) {
    for (let afterSequence = 0n; ;) {
      const redemptions = await readRedemptions(database, { batchId, afterSequence, limit: page });
      const ids = redemptions.map(({ id }) => id);
      const outcomes = new Map(
        (await readOutcomes(database, ids)).map((outcome) => [outcome.redemptionId, outcome]),
      );
      yield redemptions.map((redemption) => {
        return { redemption, outcome: outcomes.get(redemption.id) };
      });
      if (redemptions.length < page) break;
      afterSequence = redemptions.at(-1)?.sequence ?? afterSequence;
    }
  }
}

function count(
  counted: Counted,
  { couponValueMinor }: RecordedRedemption,
  outcome: Outcome | undefined,
): void {
  counted.rows += 1;
  counted.couponMinor += couponValueMinor;
  if (outcome === undefined) return;
  counted[outcome.status === 'paid' ? 'accepted' : outcome.status] += 1;
  if (outcome.status === 'paid') counted.acceptedCouponMinor += couponValueMinor;
  for (const { kind, amountMinor } of outcome.lines) {
    counted.drawnMinor += amountMinor;
    if (kind === 'coupon') counted.drawnForCouponsMinor += amountMinor;
  }
}

function compareMatch(
  counted: Counted,
  redemption: RecordedRedemption,
  outcome: Outcome,
  currency: string,
): MatchDifference | null {
  const { couponValueMinor, recordedMatchMinor, quantity, paidMinor } = redemption;
  if (recordedMatchMinor === null) return null;
  const computedMinor = computedMatch(outcome, currency);
  counted.couponLines += 1;
  counted.correctedMatchMinor += computedMinor;
  if (computedMinor === recordedMatchMinor) return null;
  counted.correctedMatchMinor += recordedMatchMinor - computedMinor;
  const show = (minor: bigint): string => formatAmount(money(minor, currency));
  return {
    redemptionId: redemption.id,
    coupon: show(couponValueMinor),
    computed: show(computedMinor),
    recorded: show(recordedMatchMinor),
    reason: reasonText(
      classifyMatch({ couponValueMinor, recordedMatchMinor, quantity, paidMinor }),
    ),
  };
}

/** As the explanation of the outcome has it; nothing when no match was decided. */
function computedMatch({ explanation }: Outcome, currency: string): bigint {
  const discounts = (explanation as { discounts?: Record<string, { amount?: string }> }).discounts;
  const amount = parseMoney(discounts?.['match']?.amount ?? '0', currency);
  return isRefusal(amount) ? 0n : amount.minor;
}

/** `as-the-rule`: the till has what the rule gives, and ours gave none for want of a purchase. */
function reasonText(exception: 'as-the-rule' | MatchException): string {
  if (exception === 'as-the-rule') return 'no purchase';
  if (exception.kind !== 'several-coupons') return exception.kind.replaceAll('-', ' ');
  return exception.equal ? 'several equal coupons' : 'possibly several different coupons';
}
