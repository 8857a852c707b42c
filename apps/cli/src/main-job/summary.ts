import type { Database } from '@sluice/database';
import type { Dataset } from '@sluice/datasets';
import { formatAmount, isRefusal, money, UnexpectedRefusalError } from '@sluice/money';
import {
  countTillDecisions,
  readPool,
  readTopSellers,
  type PoolReport,
  type TillReport,
  type TopSeller,
} from '@sluice/pool';
import { readMainAccount } from '@sluice/settlement';
import { checkEverything, type Checked } from '../check-everything.ts';
import { describeBookings, type BookingSummary } from './describe-bookings.ts';
import { auditRedemptions, type Audit, type MatchDifference } from './audit.ts';
import { describePayouts, type PayoutSummary } from './describe-payouts.ts';
import type { Names } from './names.ts';
import { describeChain, type ChainSummary } from './seal-ledger.ts';
import { tiesOf, type Tie } from './ties.ts';

/** Everything that the main job tells, as plain JSON; amounts are text in `currency`. */
export interface Summary {
  readonly pool: string;
  readonly currency: string;
  readonly data: {
    readonly source: string;
    readonly notice: string | null;
    readonly weeks: string;
  };
  /** The lines of the data set; what came by `redeem` is in `ownData`. */
  readonly lines: {
    /** Till lines of the weeks, with a discount or without. */
    readonly till: number;
    readonly discounted: number;
    readonly accepted: number;
    readonly refused: number;
    readonly parked: number;
  };
  /** The redemptions of the pool that a till had decided before. */
  readonly tillDecisions: TillReport;
  /** Redemptions that came into the same pool from elsewhere, and what they drew. */
  readonly ownData: { readonly redemptions: number; readonly drawn: string };
  readonly size: {
    readonly expected: string;
    readonly size: string;
    readonly drawn: string;
    /** What the platform kept of what was drawn. */
    readonly fees: string;
  };
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
    /** What of it the platform kept. */
    readonly fee: string;
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
  readonly payouts: PayoutSummary;
  readonly bookings: BookingSummary;
  readonly chain: ChainSummary;
  readonly redistributions: readonly {
    readonly from: number;
    readonly to: number;
    readonly total: string;
  }[];
  readonly invariants: readonly Checked[];
}

/** What a summary is made of. */
export interface SummaryRequest {
  readonly database: Database;
  readonly names: Names;
  /** The outside to tie to. */
  readonly dataset: Dataset;
  readonly bankUrl: string;
  readonly accountingUrl: string;
  readonly onRows: (rows: number) => void;
  readonly signal: AbortSignal;
}

type Show = (minor: bigint) => string;

/** Gathers the summary of a pool from what is stored. */
export async function summarise(request: SummaryRequest): Promise<Summary> {
  const { database, names, dataset } = request;
  const pool = await readPool(database, names.poolId);
  if (isRefusal(pool)) throw new UnexpectedRefusalError(pool);
  const { currency } = pool;
  const show: Show = (minor) => formatAmount(money(minor, currency));
  const batchIds = [names.bulkBatch, names.singleBatch];
  const audit = await auditRedemptions(database, { ...request, batchIds, currency });
  const payouts = await describePayouts(database, currency);
  const bookings = await describeBookings(database, request.accountingUrl);
  const { source, notice, weeks } = dataset;
  return {
    pool: names.poolId,
    currency,
    data: { source, notice, weeks: weeks.map(({ week }) => week).join(',') },
    lines: {
      till: weeks.reduce((sum, { lines }) => sum + lines, 0),
      discounted: weeks.reduce((sum, { redemptions }) => sum + redemptions, 0),
      accepted: audit.accepted,
      refused: audit.refused,
      parked: audit.parked,
    },
    tillDecisions: await countTillDecisions(database, pool.id),
    ownData: {
      redemptions: pool.outcomes.reduce((sum, one) => sum + one.count, 0) - decidedIn(audit),
      drawn: show(pool.drawnMinor - audit.drawnMinor),
    },
    size: {
      expected: show(pool.forecast.expectedMinor),
      size: show(pool.sizeMinor),
      drawn: show(pool.drawnMinor),
      fees: show(pool.outcomes.reduce((sum, one) => sum + one.platformFeeMinor, 0n)),
    },
    ...describePool(pool, await readTopSellers(database, pool.id, 10), show),
    ties: [...tiesOf(pool, dataset, audit, payouts.whereabouts), bookings.tie],
    match: describeMatch(audit),
    payouts: payouts.summary,
    bookings: bookings.summary,
    chain: await describeChain(database),
    redistributions: await describeRedistributions(database, names.mainAccountId, show),
    invariants: await checkEverything(database, request.bankUrl, request.accountingUrl),
  };
}

function decidedIn({ accepted, refused, parked }: Audit): number {
  return accepted + refused + parked;
}

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
    outcomes: pool.outcomes.map((one) => ({
      status: one.status,
      reason: one.code,
      count: one.count,
      discount: show(one.discountMinor),
      subsidy: show(one.subsidyMinor),
      fee: show(one.platformFeeMinor),
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

function describeMatch({ couponLines, differences }: Audit): Summary['match'] {
  const exceptionsByReason: Record<string, number> = {};
  for (const { reason } of differences) {
    exceptionsByReason[reason] = (exceptionsByReason[reason] ?? 0) + 1;
  }
  const asComputed = couponLines - differences.length;
  return { couponLines, asComputed, exceptionsByReason, exceptions: differences };
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
