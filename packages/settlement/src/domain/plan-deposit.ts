import type { Route, RoutePart } from './choose-sub-account.ts';
import { equalShares } from './plan-redistribution.ts';

/**
 * Spreads money that comes in over a generation so that its balances become as level as they can:
 * the lowest are filled first, and no more sub-accounts are touched than that needs.
 *
 * @param balancesMinor one per sub-account, in the order of their numbers; at least one.
 * @param amountMinor in minor units, above zero.
 * @returns the parts by number; they add up to the amount.
 */
export function planDeposit(balancesMinor: readonly bigint[], amountMinor: bigint): Route {
  if (amountMinor <= 0n) throw new RangeError(`a deposit is more than zero, not ${amountMinor}`);
  if (balancesMinor.length === 0) throw new RangeError('a generation has at least one sub-account');
  const ascending = balancesMinor
    .map((balanceMinor, number) => ({ number, balanceMinor }))
    .sort((left, right) => {
      if (left.balanceMinor === right.balanceMinor) return left.number - right.number;
      return left.balanceMinor < right.balanceMinor ? -1 : 1;
    });
  let poolMinor = amountMinor;
  let count = 0;
  for (const { balanceMinor } of ascending) {
    // Those below already reach up to this one: it needs nothing, nor do those above it.
    if (count > 0 && poolMinor <= balanceMinor * BigInt(count)) break;
    poolMinor += balanceMinor;
    count += 1;
  }
  const levels = equalShares(poolMinor, count);
  return ascending
    .slice(0, count)
    .map(({ number, balanceMinor }, place): RoutePart => {
      return { number, amountMinor: (levels[place] ?? 0n) - balanceMinor };
    })
    .filter((part) => part.amountMinor > 0n)
    .sort((left, right) => left.number - right.number);
}
