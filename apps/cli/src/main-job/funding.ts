import { formatAmount, money, type WireMoney } from '@sluice/money';
import type { FundingSourceInput } from '@sluice/orchestrator';
import { forecastUsage, sizePool, type UsageForecast } from '@sluice/pool';
import type { History } from './history.ts';

/** The funding sources of a pool, and what its paying account has to be ready for. */
export interface Funding {
  readonly sources: readonly FundingSourceInput[];
  /** The most that one seller is expected to be paid, in minor units. */
  readonly largestPayoutMinor: bigint;
  readonly expectedMinor: bigint;
  readonly sizeMinor: bigint;
}

/** A brand whose coupons cost at least this much in the weeks before gets an account of its own. */
const ownAccountFromMinor = 2_000n;
/** Nobody signs a mandate for a few cents. */
const leastMandateMinor = 5_000n;
/** What any source may owe over all its pools: 1,000,000.00. */
const creditLimitMinor = 100_000_000n;

/**
 * Plans who pays for what: each brand its own coupons and their handling fees, the match fund the
 * doubling, the platform budget its share of the loyalty price cuts. Budgets are set to what is
 * expected; a bank line behind match fund and budget covers the forecasts' uncertainty. A brand's
 * mandate reaches to the upper end of its own band: nobody else pays for its coupons.
 */
export function planSources(history: History, weeks: number, currency: string): Funding {
  const forecast = (sellerId: string, weeklyMinor: readonly bigint[]): UsageForecast =>
    forecastUsage({ sellerId, weeklyMinor }, weeks);
  const bySeller = sellerForecasts(history, forecast);
  const { expectedMinor, sizeMinor } = sizePool(bySeller);
  const brands = brandSources(history, forecast);
  const expectedOf = (kind: string): bigint =>
    atLeast(forecast(kind, history.byKind.get(kind) ?? []).expectedMinor);
  const shared = [
    { id: 'match-fund', capacityMinor: expectedOf('match'), serves: [{ kind: 'match' }] },
    { id: 'platform-budget', capacityMinor: expectedOf('loyalty'), serves: [{ kind: 'loyalty' }] },
  ];
  const covered = [...brands, ...shared].reduce(
    (total, source) => total + source.capacityMinor,
    0n,
  );
  const bankLine = {
    id: 'bank-line',
    capacityMinor: atLeast(sizeMinor - covered),
    serves: [{ kind: 'match' }, { kind: 'loyalty' }],
  };
  const wire = (minor: bigint): WireMoney => ({
    amount: formatAmount(money(minor, currency)),
    currency,
  });
  const toInput = (
    { id, capacityMinor, serves }: (typeof shared)[number],
    priority: number,
  ): FundingSourceInput => ({
    id,
    capacity: wire(capacityMinor),
    creditLimit: wire(creditLimitMinor),
    priority,
    expiresOn: null,
    serves,
  });
  return {
    sources: [...[...brands, ...shared].map((source) => toInput(source, 1)), toInput(bankLine, 9)],
    largestPayoutMinor: bySeller.reduce(
      (largest, { upperMinor }) => (upperMinor > largest ? upperMinor : largest),
      leastMandateMinor,
    ),
    expectedMinor,
    sizeMinor,
  };
}

type Forecast = (id: string, weeklyMinor: readonly bigint[]) => UsageForecast;

function sellerForecasts({ usage }: History, forecast: Forecast): readonly UsageForecast[] {
  const bySeller = Map.groupBy(usage, ({ sellerId }) => sellerId);
  return [...bySeller].map(([sellerId, weekly]) =>
    forecast(
      sellerId,
      weekly.map(({ subsidyMinor }) => subsidyMinor),
    ),
  );
}

interface PlannedSource {
  readonly id: string;
  readonly capacityMinor: bigint;
  readonly serves: { readonly kind: string; readonly brand?: string }[];
}

function brandSources({ byBrand }: History, forecast: Forecast): readonly PlannedSource[] {
  const own: PlannedSource[] = [];
  let others: bigint[] = [];
  for (const [brand, weekly] of [...byBrand].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const total = weekly.reduce((sum, minor) => sum + minor, 0n);
    if (total < ownAccountFromMinor) {
      others = weekly.map((minor, index) => minor + (others[index] ?? 0n));
      continue;
    }
    own.push({
      id: `brand-${brand}`,
      capacityMinor: atLeast(forecast(brand, weekly).upperMinor),
      serves: [
        { kind: 'coupon', brand },
        { kind: 'handling-fee', brand },
      ],
    });
  }
  return [
    ...own,
    {
      id: 'other-brands',
      capacityMinor: atLeast(forecast('other-brands', others).upperMinor),
      serves: [{ kind: 'coupon' }, { kind: 'handling-fee' }],
    },
  ];
}

function atLeast(minor: bigint): bigint {
  return minor > leastMandateMinor ? minor : leastMandateMinor;
}
