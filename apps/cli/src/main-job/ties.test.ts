import type { WeekFile } from '@sluice/datasets';
import { expect, test } from 'vitest';
import type { Audit } from './audit.ts';
import { tiesOf, type Whereabouts } from './ties.ts';

const pool = {
  currency: 'USD',
  drawnMinor: 1_000n,
  sources: [{ drawnMinor: 600n }, { drawnMinor: 400n }],
} as unknown as Parameters<typeof tiesOf>[0];
const week = {
  redemptions: 10,
  totals: { couponMinor: 250n, matchMinor: 120n, loyaltyMinor: 0n },
} as WeekFile;
const audit: Audit = {
  ...{ rows: 20, accepted: 17, refused: 2, parked: 1, couponLines: 5, differences: [] },
  ...{ drawnMinor: 1_000n, drawnForCouponsMinor: 450n, acceptedCouponMinor: 450n },
  ...{ couponMinor: 500n, correctedMatchMinor: 240n },
};
const whereabouts: Whereabouts = {
  ...{ drawnMinor: 1_000n, owedMinor: 10n, onTheWayMinor: 90n, paidMinor: 880n },
  ...{ feesBookedMinor: 20n, feesRecordedMinor: 20n },
};

function broken(changes: {
  readonly pool?: object;
  readonly audit?: Partial<Audit>;
  readonly whereabouts?: Partial<Whereabouts>;
}): readonly string[] {
  return tiesOf(
    { ...pool, ...changes.pool },
    { weeks: [week, week] },
    { ...audit, ...changes.audit },
    { ...whereabouts, ...changes.whereabouts },
  )
    .filter(({ holds }) => !holds)
    .map(({ what, ours, theirs }) => `${what}: ${ours}, ${theirs}`);
}

test('everything ties', () => {
  expect(broken({})).toEqual([]);
});

test.each([
  [
    { audit: { drawnForCouponsMinor: 449n } },
    'drawn from brands for coupons = coupon_disc of the accepted lines: 4.49, 4.50',
  ],
  [
    { audit: { accepted: 16 } },
    'accepted + refused + parked = discounted lines of the file: 19, 20',
  ],
  [
    { audit: { couponMinor: 501n } },
    'coupon_disc of all lines = coupon_disc of the file: 5.01, 5.00',
  ],
  [
    { audit: { correctedMatchMinor: 0n } },
    'computed match, put right by the exceptions = coupon_match_disc of the file: 0.00, 2.40',
  ],
  [
    { pool: { sources: [{ drawnMinor: 999n }] } },
    'drawn from all sources = drawn from the pool: 9.99, 10.00',
  ],
  [
    { whereabouts: { paidMinor: 1_780n } },
    'drawn from all pools = paid to sellers + on its way + owed + fees: 10.00, 19.00',
  ],
  [
    { whereabouts: { feesRecordedMinor: 21n } },
    'platform fees in the ledger = platform fees of the redemptions: 0.20, 0.21',
  ],
])('one cent or line too many or too few breaks a tie (%#)', (changes, tie) => {
  expect(broken(changes)).toEqual([tie]);
});
