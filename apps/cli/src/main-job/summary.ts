import type { Database } from '@sluice/database';
import { classifyMatch, type Dataset, type MatchException } from '@sluice/datasets';
import { formatAmount, isRefusal, money, UnexpectedRefusalError } from '@sluice/money';
import { countPayouts, countResolvedUnknowns, listPayouts } from '@sluice/payout';
import {
  readOutcomes,
  readPool,
  readRedemptions,
  readTopSellers,
  type Outcome,
  type PoolReport,
  type RecordedRedemption,
  type TopSeller,
} from '@sluice/pool';
import { readMainAccount } from '@sluice/settlement';
import { checkEverything, type Checked } from '../check-everything.ts';

/** A match that the till recorded otherwise than the rule gives. */
export interface MatchDifference {
  readonly redemptionId: string;
  readonly coupon: string;
  readonly computed: string;
  readonly recorded: string;
  readonly reason: string;
}

/** Everything that the main job tells, as plain JSON; amounts are text in `currency`. */
export interface Summary {
  readonly pool: string;
  readonly currency: string;
  readonly data: {
    readonly source: string;
    readonly notice: string | null;
    readonly weeks: string;
  };
  readonly lines: {
    /** Till lines of the weeks, with a discount or without. */
    readonly till: number;
    readonly discounted: number;
    readonly accepted: number;
    readonly refused: number;
    readonly parked: number;
  };
  readonly size: { readonly expected: string; readonly size: string; readonly drawn: string };
  readonly sources: readonly {
    readonly id: string;
    readonly mandate: string;
    readonly drawn: string;
    readonly left: string;
    readonly byKind: Readonly<Record<string, string>>;
  }[];
  readonly outcomes: readonly {
    readonly status: string;
    readonly reason: string | null;
    readonly count: number;
    readonly discount: string;
    readonly subsidy: string;
  }[];
  readonly topSellers: readonly {
    readonly seller: string;
    readonly redemptions: number;
    readonly subsidy: string;
    readonly fundedBy: Readonly<Record<string, string>>;
  }[];
  readonly ties: readonly Tie[];
  readonly match: {
    readonly couponLines: number;
    readonly asComputed: number;
    readonly exceptionsByReason: Readonly<Record<string, number>>;
    readonly exceptions: readonly MatchDifference[];
  };
  readonly payouts: {
    readonly byState: Readonly<Record<string, number>>;
    readonly paid: string;
    readonly resolvedByQuery: number;
    readonly returned: readonly { readonly payoutId: string; readonly reason: string | null }[];
  };
  readonly redistributions: readonly {
    readonly from: number;
    readonly to: number;
    readonly total: string;
  }[];
  readonly invariants: readonly Checked[];
}

/** Two figures from two places that have to be one. */
export interface Tie {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly holds: boolean;
}

const page = 5_000;

/** Gathers the summary of a pool from what is stored; the dataset is the outside to tie to. */
export async function summarise(options: {
  readonly database: Database;
  readonly poolId: string;
  readonly mainAccountId: string;
  readonly batchIds: readonly string[];
  readonly dataset: Dataset;
  readonly bankUrl: string;
}): Promise<Summary> {
  const { database, poolId, dataset } = options;
  const pool = await readPool(database, poolId);
  if (isRefusal(pool)) throw new UnexpectedRefusalError(pool);
  const { currency } = pool;
  const show = (minor: bigint): string => formatAmount(money(minor, currency));
  const audit = await auditRedemptions(database, options.batchIds, show);
  const count = (status: string): number =>
    pool.outcomes.filter((one) => one.status === status).reduce((sum, one) => sum + one.count, 0);
  return {
    pool: poolId,
    currency,
    data: {
      source: dataset.source,
      notice: dataset.notice,
      weeks: dataset.weeks.map(({ week }) => week).join(','),
    },
    lines: {
      till: dataset.weeks.reduce((sum, { lines }) => sum + lines, 0),
      discounted: dataset.weeks.reduce((sum, { redemptions }) => sum + redemptions, 0),
      accepted: count('paid'),
      refused: count('refused'),
      parked: count('parked'),
    },
    size: {
      expected: show(pool.forecast.expectedMinor),
      size: show(pool.sizeMinor),
      drawn: show(pool.drawnMinor),
    },
    ...describePool(pool, await readTopSellers(database, poolId, 10), show),
    ties: tiesOf(pool, dataset, audit, show),
    match: audit.match,
    payouts: await describePayouts(database, show),
    redistributions: await describeRedistributions(database, options.mainAccountId, show),
    invariants: await checkEverything(database, options.bankUrl),
  };
}

type Show = (minor: bigint) => string;

function describePool(
  pool: PoolReport,
  sellers: readonly TopSeller[],
  show: Show,
): Pick<Summary, 'sources' | 'outcomes' | 'topSellers'> {
  return {
    sources: pool.sources.map((source) => ({
      id: source.sourceId,
      mandate: show(source.limitMinor),
      drawn: show(source.drawnMinor),
      left: show(source.leftMinor),
      byKind: Object.fromEntries(
        source.drawnByKind.map(({ kind, amountMinor }) => [kind, show(amountMinor)]),
      ),
    })),
    outcomes: pool.outcomes.map(({ status, code, count, discountMinor, subsidyMinor }) => ({
      status,
      reason: code,
      count,
      discount: show(discountMinor),
      subsidy: show(subsidyMinor),
    })),
    topSellers: sellers.map(({ sellerId, redemptions, subsidyMinor, bySource }) => ({
      seller: sellerId,
      redemptions,
      subsidy: show(subsidyMinor),
      fundedBy: Object.fromEntries(
        bySource.map(({ sourceId, amountMinor }) => [sourceId, show(amountMinor)]),
      ),
    })),
  };
}

interface Audit {
  readonly rows: number;
  /** Sum of the coupons of accepted redemptions, as the file has them. */
  readonly acceptedCouponMinor: bigint;
  readonly match: Summary['match'];
}

/** Goes through the redemptions once more and holds each outcome against what the till recorded. */
async function auditRedemptions(
  database: Database,
  batchIds: readonly string[],
  show: Show,
): Promise<Audit> {
  let rows = 0;
  let acceptedCouponMinor = 0n;
  let couponLines = 0;
  const exceptions: MatchDifference[] = [];
  for await (const { redemption, outcome } of decidedRedemptions(database, batchIds)) {
    rows += 1;
    if (outcome?.status === 'paid') acceptedCouponMinor += redemption.couponValueMinor;
    if (redemption.couponValueMinor === 0n || outcome === undefined) continue;
    if (redemption.recordedMatchMinor === null) continue;
    couponLines += 1;
    const difference = matchDifference(redemption, outcome, show);
    if (difference !== null) exceptions.push(difference);
  }
  const exceptionsByReason: Record<string, number> = {};
  for (const { reason } of exceptions) {
    exceptionsByReason[reason] = (exceptionsByReason[reason] ?? 0) + 1;
  }
  const asComputed = couponLines - exceptions.length;
  const match = { couponLines, asComputed, exceptionsByReason, exceptions };
  return { rows, acceptedCouponMinor, match };
}

async function* decidedRedemptions(
  database: Database,
  batchIds: readonly string[],
): AsyncGenerator<{ redemption: RecordedRedemption; outcome: Outcome | undefined }> {
  for (const batchId of batchIds) {
    for (let afterSequence = 0n; ;) {
      const redemptions = await readRedemptions(database, { batchId, afterSequence, limit: page });
      const ids = redemptions.map(({ id }) => id);
      const outcomes = new Map(
        (await readOutcomes(database, ids)).map((outcome) => [outcome.redemptionId, outcome]),
      );
      for (const redemption of redemptions) {
        yield { redemption, outcome: outcomes.get(redemption.id) };
      }
      if (redemptions.length < page) break;
      afterSequence = redemptions.at(-1)?.sequence ?? afterSequence;
    }
  }
}

function matchDifference(
  redemption: RecordedRedemption,
  outcome: Outcome,
  show: Show,
): MatchDifference | null {
  const { couponValueMinor, recordedMatchMinor, quantity, paidMinor } = redemption;
  const recorded = recordedMatchMinor ?? 0n;
  const computed = computedMatch(outcome);
  if (computed === show(recorded)) return null;
  const found = classifyMatch({
    couponValueMinor,
    recordedMatchMinor: recorded,
    quantity,
    paidMinor,
  });
  return {
    redemptionId: redemption.id,
    coupon: show(couponValueMinor),
    computed,
    recorded: show(recorded),
    reason: found === 'as-the-rule' ? 'no purchase' : reasonText(found),
  };
}

function computedMatch({ explanation }: Outcome): string {
  const discounts = (explanation as { discounts?: Record<string, { amount?: string }> }).discounts;
  return discounts?.['match']?.amount ?? '0.00';
}

function reasonText(exception: MatchException): string {
  if (exception.kind !== 'several-coupons') return exception.kind.replaceAll('-', ' ');
  return exception.equal ? 'several equal coupons' : 'possibly several different coupons';
}

function tiesOf(pool: PoolReport, dataset: Dataset, audit: Audit, show: Show): readonly Tie[] {
  const decided = pool.outcomes.reduce((sum, { count }) => sum + count, 0);
  const discounted = dataset.weeks.reduce((sum, { redemptions }) => sum + redemptions, 0);
  const brandCoupons = pool.sources
    .flatMap(({ drawnByKind }) => drawnByKind)
    .filter(({ kind }) => kind === 'coupon')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const drawn = pool.sources.reduce((sum, { drawnMinor }) => sum + drawnMinor, 0n);
  const tie = (what: string, ours: string, theirs: string): Tie => {
    return { what, ours, theirs, holds: ours === theirs };
  };
  return [
    tie(
      'drawn from brands for coupons = coupon_disc of the accepted lines',
      show(brandCoupons),
      show(audit.acceptedCouponMinor),
    ),
    tie(
      'accepted + refused + parked = discounted lines of the file',
      String(decided),
      String(discounted),
    ),
    tie('drawn from all sources = drawn from the pool', show(drawn), show(pool.drawnMinor)),
  ];
}

async function describePayouts(database: Database, show: Show): Promise<Summary['payouts']> {
  const payouts = await listPayouts(database, { limit: 100_000 });
  const paidMinor = payouts
    .filter(({ status }) => status === 'paid')
    .reduce((sum, { amount }) => sum + amount.minor, 0n);
  return {
    byState: Object.fromEntries(
      Object.entries(await countPayouts(database)).filter(([, count]) => count > 0),
    ),
    paid: show(paidMinor),
    resolvedByQuery: await countResolvedUnknowns(database),
    returned: payouts
      .filter(({ state }) => state === 'returned')
      .map(({ id, attempts }) => ({
        payoutId: id,
        reason: attempts.at(-1)?.reasonCode ?? null,
      })),
  };
}

async function describeRedistributions(
  database: Database,
  mainAccountId: string,
  show: Show,
): Promise<Summary['redistributions']> {
  const main = await readMainAccount(database, mainAccountId);
  if (isRefusal(main)) throw new UnexpectedRefusalError(main);
  return main.redistributions.map(({ fromSize, toSize, totalBeforeMinor }) => ({
    from: fromSize,
    to: toSize,
    total: show(totalBeforeMinor),
  }));
}
