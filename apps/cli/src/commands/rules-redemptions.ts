import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { isRefusal, money, refuse, UnexpectedRefusalError } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import { integerValue, moneyValue, textValue, type Value } from '@sluice/rule-engine';
import type { CliConfig } from '../config.ts';
import { readRedemptionCsv } from '../redeem/read-redemptions.ts';

/** The facts of a redemption, as the rules of the main job ask for them. */
export function factsOf(redemption: Redemption): (name: string) => Value | undefined {
  const { currency } = redemption;
  const facts: Readonly<Record<string, () => Value>> = {
    'coupon.value': () => moneyValue(money(redemption.couponValueMinor, currency)),
    'loyalty.cut': () => moneyValue(money(redemption.loyaltyDiscountMinor, currency)),
    'line.paid': () => moneyValue(money(redemption.paidMinor, currency)),
    'line.quantity': () => integerValue(BigInt(redemption.quantity)),
    'product.id': () => textValue(redemption.productId),
    'seller.id': () => textValue(redemption.sellerId),
    'user.id': () => textValue(redemption.userId),
  };
  return (name) => (Object.hasOwn(facts, name) ? facts[name]?.() : undefined);
}

/** The day on which a redemption counts: rules in effect then decide it. */
export function dayOf({ redeemedAt }: Redemption): string {
  return redeemedAt.slice(0, 10);
}

/**
 * Streams the good rows of a redemption CSV; rows that cannot be read are counted.
 *
 * @throws UnexpectedRefusalError `FILE_UNREADABLE`, `CSV_HEADER_INVALID`.
 */
export async function* recordedRedemptions(
  config: CliConfig,
  file: string,
  refused: { count: number },
): AsyncGenerator<Redemption> {
  const path = resolve(config.callerDir, file);
  await checkReadable(path);
  for await (const rows of readRedemptionCsv(path)) {
    for (const { row } of rows) {
      if (isRefusal(row)) refused.count += 1;
      else yield row;
    }
  }
}

async function checkReadable(path: string): Promise<void> {
  const stream = createReadStream(path);
  try {
    await once(stream, 'readable');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const refusal = refuse('FILE_UNREADABLE', `${path} cannot be read: ${why}`, { path });
    throw new UnexpectedRefusalError(refusal);
  } finally {
    stream.destroy();
  }
}
