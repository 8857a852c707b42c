import { formatAmount, money } from '@sluice/money';
import type { Dataset } from '@sluice/datasets';
import type { PoolReport } from '@sluice/pool';
import type { Audit } from './audit.ts';

/** Two figures from two places that have to be one. */
export interface Tie {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly holds: boolean;
}

/** Where the money of all pools is: each cent drawn is owed, on its way, paid, or a fee. */
export interface Whereabouts {
  readonly drawnMinor: bigint;
  readonly owedMinor: bigint;
  readonly onTheWayMinor: bigint;
  readonly paidMinor: bigint;
  /** What the platform kept, as the ledger booked it. */
  readonly feesBookedMinor: bigint;
  /** The same, as the outcomes of the redemptions record it. */
  readonly feesRecordedMinor: bigint;
}

/** Ties what was settled to the file that it came from, and what was drawn to what was paid. */
export function tiesOf(
  pool: Pick<PoolReport, 'sources' | 'drawnMinor' | 'currency'>,
  { weeks }: Pick<Dataset, 'weeks'>,
  audit: Audit,
  whereabouts: Whereabouts,
): readonly Tie[] {
  const { accepted, refused, parked } = audit;
  const { owedMinor, onTheWayMinor, paidMinor, feesBookedMinor } = whereabouts;
  const ofFile = (field: 'couponMinor' | 'matchMinor'): bigint =>
    weeks.reduce((sum, { totals }) => sum + totals[field], 0n);
  const show = (minor: bigint): string => formatAmount(money(minor, pool.currency));
  const amounts = (what: string, ours: bigint, theirs: bigint): Tie => {
    return tie(what, show(ours), show(theirs));
  };
  return [
    amounts(
      'drawn from brands for coupons = coupon_disc of the accepted lines',
      audit.drawnForCouponsMinor,
      audit.acceptedCouponMinor,
    ),
    tie(
      'accepted + refused + parked = discounted lines of the file',
      String(accepted + refused + parked),
      String(weeks.reduce((sum, { redemptions }) => sum + redemptions, 0)),
    ),
    amounts(
      'coupon_disc of all lines = coupon_disc of the file',
      audit.couponMinor,
      ofFile('couponMinor'),
    ),
    amounts(
      'computed match, put right by the exceptions = coupon_match_disc of the file',
      audit.correctedMatchMinor,
      ofFile('matchMinor'),
    ),
    amounts(
      'drawn from all sources = drawn from the pool',
      pool.sources.reduce((sum, { drawnMinor }) => sum + drawnMinor, 0n),
      pool.drawnMinor,
    ),
    amounts(
      'drawn from all pools = paid to sellers + on its way + owed + fees',
      whereabouts.drawnMinor,
      paidMinor + onTheWayMinor + owedMinor + feesBookedMinor,
    ),
    amounts(
      'platform fees in the ledger = platform fees of the redemptions',
      feesBookedMinor,
      whereabouts.feesRecordedMinor,
    ),
  ];
}

function tie(what: string, ours: string, theirs: string): Tie {
  return { what, ours, theirs, holds: ours === theirs };
}
