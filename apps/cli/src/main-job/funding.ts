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

/** So many brands at most have a contract, and an account, of their own. */
const mostOwnAccounts = 15;
/** A brand that cost less than this share of all coupon money is not worth one: 1 %. */
const leastShareBps = 100n;
const wholeBps = 10_000n;
/** Nobody signs a mandate for a few cents. */
const leastMandateMinor = 5_000n;
/** What any source may owe over all its pools: 1,000,000.00. */
const creditLimitMinor = 100_000_000n;

/**
 * Plans who pays for what: each brand its own coupons and their handling fees, the match fund the
 * doubling, the platform budget its share of the loyalty price cuts. Budgets are set to what is
 * expected; a bank line behind match fund and budget covers the forecasts' uncertainty. A brand's
 * mandate reaches to the upper end of its own band: nobody else pays for its coupons.
 *
 * The brands that matter have an account of their own: the fifteen whose coupons cost most in the
 * weeks before, those below one per cent of all coupon money left out. All other brands share one
 * account, whose mandate reaches to the upper end of the band of their sum; in a common pot, one
 * brand's surprise is covered by the quiet of the others.
 */
export function planSources(history: History, weeks: number, currency: string): Funding {
  const forecast = (sellerId: string, weeklyMinor: readonly bigint[]): UsageForecast =>
    forecastUsage({ sellerId, weeklyMinor }, weeks);
  const bySeller = sellerForecasts(history, forecast);
  const { expectedMinor, sizeMinor } = sizePool(bySeller);
  const sources = [...brandSources(history, forecast), ...sharedSources(history, forecast)];
  const covered = sources.reduce((total, { capacityMinor }) => total + capacityMinor, 0n);
  const bankLine = {
    id: 'bank-line',
    capacityMinor: atLeast(sizeMinor - covered),
    serves: [{ kind: 'match' }, { kind: 'loyalty' }],
  };
  const inputs = sources.map((source) => toInput(source, 1, currency));
  return {
    sources: [...inputs, toInput(bankLine, 9, currency)],
    largestPayoutMinor: bySeller.reduce(
      (largest, { upperMinor }) => (upperMinor > largest ? upperMinor : largest),
      leastMandateMinor,
    ),
    expectedMinor,
    sizeMinor,
  };
}

type Forecast = (id: string, weeklyMinor: readonly bigint[]) => UsageForecast;

interface PlannedSource {
  readonly id: string;
  readonly capacityMinor: bigint;
  readonly serves: readonly { readonly kind: string; readonly brand?: string }[];
}

function toInput(
  { id, capacityMinor, serves }: PlannedSource,
  priority: number,
  currency: string,
): FundingSourceInput {
  const wire = (minor: bigint): WireMoney => ({
    amount: formatAmount(money(minor, currency)),
    currency,
  });
  return {
    id,
    capacity: wire(capacityMinor),
    creditLimit: wire(creditLimitMinor),
    priority,
    expiresOn: null,
    serves,
  };
}

function sellerForecasts({ usage }: History, forecast: Forecast): readonly UsageForecast[] {
  const bySeller = Map.groupBy(usage, ({ sellerId }) => sellerId);
  return [...bySeller].map(([sellerId, weekly]) =>
    forecast(
      sellerId,
      weekly.map(({ subsidyMinor }) => subsidyMinor),
    ),
  );
}

function sharedSources({ byKind }: History, forecast: Forecast): readonly PlannedSource[] {
  const expectedOf = (kind: string): bigint =>
    atLeast(forecast(kind, byKind.get(kind) ?? []).expectedMinor);
  return [
    { id: 'match-fund', capacityMinor: expectedOf('match'), serves: [{ kind: 'match' }] },
    { id: 'platform-budget', capacityMinor: expectedOf('loyalty'), serves: [{ kind: 'loyalty' }] },
  ];
}

function brandSources({ byBrand }: History, forecast: Forecast): readonly PlannedSource[] {
  const own = brandsThatMatter(byBrand);
  const others = [...byBrand]
    .filter(([brand]) => !own.includes(brand))
    .reduce<readonly bigint[]>((sums, [, weekly]) => addWeeks(sums, weekly), []);
  return [
    ...own.map((brand) => ({
      id: `brand-${brand}`,
      capacityMinor: atLeast(forecast(brand, byBrand.get(brand) ?? []).upperMinor),
      serves: [
        { kind: 'coupon', brand },
        { kind: 'handling-fee', brand },
      ],
    })),
    {
      id: 'other-brands',
      capacityMinor: atLeast(forecast('other-brands', others).upperMinor),
      serves: [{ kind: 'coupon' }, { kind: 'handling-fee' }],
    },
  ];
}

/** The largest first; of two that cost the same, the one whose name comes first. */
function brandsThatMatter(byBrand: History['byBrand']): readonly string[] {
  const costs = [...byBrand].map(([brand, weekly]) => ({ brand, cost: sumOf(weekly) }));
  const all = sumOf(costs.map(({ cost }) => cost));
  return costs
    .filter(({ cost }) => cost > 0n && cost * wholeBps >= all * leastShareBps)
    .sort((left, right) => {
      if (left.cost !== right.cost) return left.cost > right.cost ? -1 : 1;
      return left.brand < right.brand ? -1 : 1;
    })
    .slice(0, mostOwnAccounts)
    .map(({ brand }) => brand);
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, minor) => sum + minor, 0n);
}

function addWeeks(left: readonly bigint[], right: readonly bigint[]): readonly bigint[] {
  return right.map((minor, index) => minor + (left[index] ?? 0n));
}

function atLeast(minor: bigint): bigint {
  return minor > leastMandateMinor ? minor : leastMandateMinor;
}
