import { totalOf } from './main-account-state.ts';

/** A sub-account by its code, and what it holds in minor units. */
export interface AccountBalance {
  readonly code: string;
  readonly balanceMinor: bigint;
}

/** One transfer of a redistribution; the amount is in minor units, above zero. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly amountMinor: bigint;
}

export interface RedistributionPlan {
  /** How many sub-accounts the next generation has. */
  readonly size: number;
  /** What each of them shall hold, by number, in minor units; they add up to the total. */
  readonly sharesMinor: readonly bigint[];
  readonly moves: readonly Move[];
}

/** Splits a total evenly and exactly: the units left over go to the lower numbers. */
export function equalShares(totalMinor: bigint, size: number): readonly bigint[] {
  const count = BigInt(size);
  const floor = totalMinor / count;
  const extra = totalMinor % count;
  return Array.from({ length: size }, (_, number) => floor + (BigInt(number) < extra ? 1n : 0n));
}

/**
 * How many sub-accounts the next generation has: fewer than now (claim 1), and so few that each
 * starts with threshold 1 or more; at least one.
 */
export function nextSize(size: number, totalMinor: bigint, thresholdMinor: bigint): number {
  const fundable = totalMinor / thresholdMinor;
  const fewer = BigInt(size - 1);
  const next = fundable < fewer ? fundable : fewer;
  return next < 1n ? 1 : Number(next);
}

/**
 * Plans the redistribution of a generation's whole balance over fewer sub-accounts (claim 1).
 *
 * @param accounts the generation as it is, in the order of numbers; none below zero.
 * @param newCode the code of the next generation's sub-account with this number.
 */
export function planRedistribution(request: {
  readonly accounts: readonly AccountBalance[];
  readonly thresholdMinor: bigint;
  readonly newCode: (number: number) => string;
}): RedistributionPlan {
  const { accounts, thresholdMinor, newCode } = request;
  const totalMinor = totalOf(accounts.map(({ balanceMinor }) => balanceMinor));
  const size = nextSize(accounts.length, totalMinor, thresholdMinor);
  const to = Array.from({ length: size }, (_, number) => ({
    code: newCode(number),
    balanceMinor: 0n,
  }));
  return { size, sharesMinor: equalShares(totalMinor, size), moves: planMoves(accounts, to) };
}

/**
 * The transfers that empty `from` and level `to`: at most one less than there are accounts in
 * both, as each one finishes an account at either end. `to` may hold a part already, so that a
 * redistribution that was cut off is planned to its end by the same function.
 */
export function planMoves(
  from: readonly AccountBalance[],
  to: readonly AccountBalance[],
): readonly Move[] {
  const needs = missingShares(from, to);
  const moves: Move[] = [];
  let place = 0;
  for (const { code, balanceMinor } of from) {
    if (balanceMinor < 0n) throw new RangeError(`${code} holds ${balanceMinor}, below zero`);
    let left = balanceMinor;
    while (left > 0n) {
      const need = needs[place];
      if (need === undefined) throw new RangeError(`no place is left for ${left} of ${code}`);
      const amountMinor = left < need.amountMinor ? left : need.amountMinor;
      if (amountMinor > 0n) moves.push({ from: code, to: need.code, amountMinor });
      left -= amountMinor;
      need.amountMinor -= amountMinor;
      if (need.amountMinor === 0n) place += 1;
    }
  }
  return moves;
}

function missingShares(
  from: readonly AccountBalance[],
  to: readonly AccountBalance[],
): { code: string; amountMinor: bigint }[] {
  const totalMinor = totalOf([...from, ...to].map(({ balanceMinor }) => balanceMinor));
  const shares = equalShares(totalMinor, to.length);
  return to.map(({ code, balanceMinor }, number) => {
    const amountMinor = (shares[number] ?? 0n) - balanceMinor;
    if (amountMinor < 0n) throw new RangeError(`${code} holds more than its share already`);
    return { code, amountMinor };
  });
}
