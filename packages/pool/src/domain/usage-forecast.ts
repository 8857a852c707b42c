import { Decimal } from 'decimal.js';

/** What one seller is expected to draw over the pool's period, in minor units. Claim 2. */
export interface UsageForecast {
  readonly sellerId: string;
  readonly expectedMinor: bigint;
  /** Lower end of the 95 % band, never below zero. */
  readonly lowerMinor: bigint;
  /** Upper end of the 95 % band. */
  readonly upperMinor: bigint;
  /** The model that made it, recorded with the pool: {@link forecastModel}. */
  readonly model: string;
}

/** One seller's subsidies in the weeks before the pool. */
export interface UsageHistory {
  readonly sellerId: string;
  /** One amount per whole week, oldest first; a week without use is 0, not left out. */
  readonly weeklyMinor: readonly bigint[];
}

/** The name under which {@link forecastUsage} signs its forecasts. */
export const forecastModel = 'mean-of-last-8-weeks';

const windowWeeks = 8;
const Exact = Decimal.clone({ precision: 100, defaults: true });
/** The two-sided 95 % point of the normal distribution. */
const z95 = new Exact('1.96');

/**
 * Forecasts one seller's use of the pool (claim 2): the mean of its last 8 weeks times the number
 * of weeks, with a 95 % band from the residuals around that mean, taken as normal. This is the
 * mean method with its prediction interval from Hyndman and Athanasopoulos, "Forecasting:
 * Principles and Practice", 3rd edition, sections 5.2 and 5.5, summed over the period: with n weeks
 * of history and residual standard deviation s, the total of h weeks varies by s * sqrt(h + h²/n),
 * h for the weeks to come and h²/n for not knowing the mean itself.
 *
 * Nothing is negative. A seller without history is expected to use nothing, and fewer than two
 * weeks show no spread, so their band has no width: the pool's other sellers cover the newcomer.
 *
 * @param weeks length of the pool's period, a whole number of at least 1; otherwise RangeError.
 */
export function forecastUsage(history: UsageHistory, weeks: number): UsageForecast {
  if (!Number.isSafeInteger(weeks) || weeks < 1) {
    throw new RangeError(`a forecast covers a whole number of weeks of at least 1, not ${weeks}`);
  }
  const recent = history.weeklyMinor.slice(-windowWeeks);
  const expected = notNegative(expectedTotal(recent, weeks));
  const margin = bandMargin(recent, weeks);
  return {
    sellerId: history.sellerId,
    expectedMinor: toMinor(expected, Decimal.ROUND_HALF_EVEN),
    lowerMinor: toMinor(notNegative(expected.minus(margin)), Decimal.ROUND_FLOOR),
    upperMinor: toMinor(expected.plus(margin), Decimal.ROUND_CEIL),
    model: forecastModel,
  };
}

function expectedTotal(recent: readonly bigint[], weeks: number): Decimal {
  return recent.length === 0 ? new Exact(0) : meanOf(recent).times(weeks);
}

function bandMargin(recent: readonly bigint[], weeks: number): Decimal {
  const count = recent.length;
  if (count < 2) return new Exact(0);
  const mean = meanOf(recent);
  const squares = recent
    .map((minor) => new Exact(minor.toString()).minus(mean).pow(2))
    .reduce((left, right) => left.plus(right));
  const spread = squares.div(count - 1).sqrt();
  return z95.times(spread).times(new Exact(weeks).plus(new Exact(weeks).pow(2).div(count)).sqrt());
}

function meanOf(recent: readonly bigint[]): Decimal {
  const total = recent.reduce((left, right) => left + right, 0n);
  return new Exact(total.toString()).div(recent.length);
}

function notNegative(value: Decimal): Decimal {
  return value.isNegative() ? new Exact(0) : value;
}

function toMinor(value: Decimal, rounding: Decimal.Rounding): bigint {
  return BigInt(value.toFixed(0, rounding));
}
