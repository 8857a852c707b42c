import type { Database } from '@sluice/database';
import type { WeekFile } from '@sluice/datasets';
import { expectAnswer, isRefusal, type Refusal } from '@sluice/money';
import {
  dayOf,
  decideDiscounts,
  quoteSubsidy,
  type DayTariffs,
  type PricedRedemption,
  type Program,
  type TariffBook,
} from '@sluice/orchestrator/activities';
import type { Redemption, WeeklyUsage } from '@sluice/pool';
import { readRedemptionCsv } from '../redeem/read-redemptions.ts';
import { weekStart } from './calendar.ts';

/** What past weeks would have cost under today's rules and tariffs. */
export interface History {
  /** Per seller and week. */
  readonly usage: readonly WeeklyUsage[];
  /** Per brand, minor units a week, oldest first; coupons and their handling fees. */
  readonly byBrand: ReadonlyMap<string, readonly bigint[]>;
  /** Per kind of subsidy (`match`, `loyalty`), minor units a week, oldest first. */
  readonly byKind: ReadonlyMap<string, readonly bigint[]>;
}

const brandKinds: ReadonlySet<string> = new Set(['coupon', 'handling-fee']);

/** Adds up amounts by name and week; a week without one stays 0. */
class Series {
  readonly #weeks: readonly number[];
  readonly #sums = new Map<string, bigint[]>();

  constructor(weeks: readonly number[]) {
    this.#weeks = weeks;
  }

  add(name: string, week: number, minor: bigint): void {
    const sums = this.#sums.get(name) ?? this.#weeks.map(() => 0n);
    this.#sums.set(name, sums);
    const place = this.#weeks.indexOf(week);
    sums[place] = (sums[place] ?? 0n) + minor;
  }

  get sums(): ReadonlyMap<string, readonly bigint[]> {
    return this.#sums;
  }
}

/**
 * Prices the redemptions of past weeks by the rules and tariffs in force on `day`, so that a pool
 * can be sized from what its sellers would have been paid.
 */
export async function priceHistory(options: {
  readonly weeks: readonly WeekFile[];
  readonly program: Program;
  readonly tariffs: TariffBook;
  readonly database: Database;
  readonly currency: string;
  readonly onRows: (rows: number) => void;
  readonly signal: AbortSignal;
}): Promise<History> {
  const { weeks, currency } = options;
  const numbers = weeks.map(({ week }) => week);
  const [bySeller, byBrand, byKind] = [
    new Series(numbers),
    new Series(numbers),
    new Series(numbers),
  ];
  const price = pricing(options);
  let rows = 0;
  for (const { week, path } of weeks) {
    for await (const batch of readRedemptionCsv(path)) {
      options.signal.throwIfAborted();
      for (const { row } of batch) {
        const redemption = expectAnswer(row);
        const priced = await price(redemption);
        if (isRefusal(priced)) continue;
        bySeller.add(redemption.sellerId, week, priced.subsidy.minor);
        for (const { kind, quote } of priced.components) {
          if (brandKinds.has(kind)) addBrand(byBrand, redemption, week, quote.amount.minor);
          else byKind.add(kind, week, quote.amount.minor);
        }
      }
      rows += batch.length;
      options.onRows(rows);
    }
  }
  const usage = [...bySeller.sums].flatMap(([sellerId, sums]) =>
    sums.map((subsidyMinor, index) => ({
      sellerId,
      weekStart: weekStart(numbers[index] ?? 0),
      currency,
      subsidyMinor,
    })),
  );
  return { usage, byBrand: byBrand.sums, byKind: byKind.sums };
}

function addBrand(series: Series, { brandId }: Redemption, week: number, minor: bigint): void {
  if (brandId !== null) series.add(brandId, week, minor);
}

/** What one redemption would cost; the tariffs of a day are looked up once. */
function pricing({
  program,
  tariffs,
  database,
}: {
  readonly program: Program;
  readonly tariffs: TariffBook;
  readonly database: Database;
}): (redemption: Redemption) => Promise<PricedRedemption | Refusal> {
  const days = new Map<string, DayTariffs>();
  return async (redemption) => {
    const day = dayOf(redemption);
    let ofDay = days.get(day);
    if (ofDay === undefined) {
      const found = (await tariffs.forDays(database, [day])).get(day);
      if (found === undefined) throw new Error(`no tariffs were loaded for ${day}`);
      ofDay = expectAnswer(found);
      days.set(day, ofDay);
    }
    const discounts = decideDiscounts(program, redemption);
    return isRefusal(discounts) ? discounts : quoteSubsidy(ofDay, redemption, discounts);
  };
}
