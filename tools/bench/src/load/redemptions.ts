import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { prepareDataset } from '@sluice/datasets';
import { expectAnswer, parseMoney } from '@sluice/money';
import type { Redemption } from '@sluice/pool';

/** Redemptions of one week, as they stand in the data. */
export interface Load {
  readonly redemptions: readonly Redemption[];
  /** What they are, for the report. */
  readonly described: string;
}

const week = 27;

/** The first `limit` redemptions of a week of the main job's data. */
export async function loadRedemptions(
  env: Readonly<Record<string, string | undefined>>,
  limit: number,
  progress: (text: string) => void,
): Promise<Load> {
  let told = '';
  const dataset = await prepareDataset({
    weeks: [week],
    env,
    onProgress: (_done, _total, what) => {
      if (what !== told) progress(what);
      told = what;
    },
  });
  const redemptions: Redemption[] = [];
  for (const { path } of dataset.weeks) {
    for await (const row of rowsOf(path)) {
      if (redemptions.length === limit) break;
      redemptions.push(toRedemption(row));
    }
  }
  const described = `week ${week} of the ${dataset.source} data, ${redemptions.length} redemptions`;
  return { redemptions, described };
}

/** The files of our own data sets quote nothing and break no line. */
async function* rowsOf(path: string): AsyncGenerator<ReadonlyMap<string, string>> {
  let header: readonly string[] | null = null;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const fields = line.split(',');
    if (header === null) header = fields;
    else yield new Map(header.map((name, index) => [name, fields[index] ?? '']));
  }
}

function toRedemption(row: ReadonlyMap<string, string>): Redemption {
  const field = (name: string): string => row.get(name) ?? '';
  const currency = field('currency');
  const minor = (name: string): bigint => expectAnswer(parseMoney(field(name), currency)).minor;
  return {
    id: field('redemption_id'),
    sellerId: field('seller_id'),
    userId: field('user_id'),
    productId: field('product_id'),
    brandId: field('brand_id') || null,
    quantity: parseInt(field('quantity'), 10),
    redeemedAt: field('redeemed_at'),
    currency,
    paidMinor: minor('paid'),
    couponValueMinor: minor('coupon_value'),
    loyaltyDiscountMinor: minor('loyalty_discount'),
    recordedMatchMinor: minor('recorded_match'),
    tillDecision: null,
  };
}

/** The same redemptions under other ids: for another round they are new. */
export function renamed(redemptions: readonly Redemption[], prefix: string): readonly Redemption[] {
  return redemptions.map((redemption) => ({ ...redemption, id: `${prefix}-${redemption.id}` }));
}
