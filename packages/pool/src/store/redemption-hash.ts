import { requestHash } from '@sluice/database';
import type { Redemption } from '../domain/redemption.ts';

/**
 * SHA-256 of a redemption and its pool, hex: what its id stands for, for ever. Without a till's
 * decision it is what it was before there were any.
 */
export function redemptionHash(
  { tillDecision, ...redemption }: Redemption,
  poolId: string,
): string {
  return requestHash({
    ...redemption,
    ...(tillDecision === null ? {} : { tillDecision }),
    poolId,
    paidMinor: String(redemption.paidMinor),
    couponValueMinor: String(redemption.couponValueMinor),
    loyaltyDiscountMinor: String(redemption.loyaltyDiscountMinor),
    recordedMatchMinor: redemption.recordedMatchMinor?.toString() ?? null,
  });
}
