import { formatAmount, money, type WireMoney } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import type { FundingSourceInput, PoolLifecycleInput } from '../contract.ts';

export const currency = 'USD';

/** `12.30` as it stands in workflow inputs. */
export function usd(amount: string): WireMoney {
  return { amount, currency };
}

/** Minor units as they stand in workflow inputs. */
export function usdMinor(minor: bigint): WireMoney {
  return usd(formatAmount(money(minor, currency)));
}

type Serves = FundingSourceInput['serves'];

/** A funding source with room to spare. */
export function source(
  id: string,
  serves: Serves,
  change: Partial<FundingSourceInput> = {},
): FundingSourceInput {
  const room = usd('50000.00');
  return { id, capacity: room, creditLimit: room, priority: 1, expiresOn: null, serves, ...change };
}

const couponOf = (brand?: string): Serves =>
  ['coupon', 'handling-fee'].map((kind) => (brand === undefined ? { kind } : { kind, brand }));

/** One brand of its own, the other brands, match fund and platform budget. */
export const exampleSources: readonly FundingSourceInput[] = [
  source('brand-1208', couponOf('1208')),
  source('other-brands', couponOf()),
  source('match-fund', [{ kind: 'match' }]),
  source('platform-budget', [{ kind: 'loyalty' }]),
];

/** A pool over four weeks of 2017, paid from four sub-accounts. */
export function examplePool(change: Partial<PoolLifecycleInput> = {}): PoolLifecycleInput {
  return {
    poolId: 'july',
    name: 'July 2017',
    currency,
    opensOn: '2017-07-01',
    closesOn: '2017-07-28',
    weeks: 4,
    sources: exampleSources,
    mainAccount: {
      id: 'main',
      subAccounts: 4,
      presetShareBps: 10_000,
      threshold: usd('20.00'),
      waitMs: 20,
    },
    ...change,
  };
}

/**
 * A redemption of which the seller is paid back 2.88: coupon 0.75 and its fee 0.08, match 0.25,
 * and 0.50 of 3.60 loyalty.
 */
export function exampleRedemption(change: Partial<Redemption> = {}): Redemption {
  return {
    id: 'RED-1',
    sellerId: '330',
    userId: 'household-1',
    productId: '1000106',
    brandId: '1208',
    quantity: 1,
    redeemedAt: '2017-07-03T10:15:00.000Z',
    currency,
    paidMinor: 399n,
    couponValueMinor: 75n,
    loyaltyDiscountMinor: 360n,
    recordedMatchMinor: null,
    tillDecision: null,
    ...change,
  };
}

/** What {@link exampleRedemption} is paid back, in minor units. */
export const exampleSubsidyMinor = 288n;
/** What the platform keeps of it: 1 % of coupon, match and loyalty, each rounded to the cent. */
export const exampleFeeMinor = 3n;
/** What of it is the seller's. */
export const exampleNetMinor = exampleSubsidyMinor - exampleFeeMinor;

/** So many redemptions, spread over sellers, brands and days; some of them have no discount. */
export function manyRedemptions(
  count: number,
  {
    prefix = 'RED',
    sellers = 5,
    days = 28,
  }: { readonly prefix?: string; readonly sellers?: number; readonly days?: number } = {},
): readonly Redemption[] {
  return Array.from({ length: count }, (_, index) => {
    const day = String(1 + (index % days)).padStart(2, '0');
    const hasCoupon = index % 3 === 0;
    return exampleRedemption({
      id: `${prefix}-${String(index).padStart(5, '0')}`,
      sellerId: String(300 + (index % sellers)),
      brandId: index % 2 === 0 ? '1208' : `${400 + (index % 7)}`,
      redeemedAt: `2017-07-${day}T12:00:00.000Z`,
      couponValueMinor: hasCoupon ? BigInt(25 + (index % 8) * 25) : 0n,
      loyaltyDiscountMinor: index % 10 === 9 && !hasCoupon ? 0n : BigInt((index * 37) % 640),
    });
  });
}
