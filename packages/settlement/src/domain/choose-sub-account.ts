import { isHealthy, totalOf } from './main-account-state.ts';
import type { SettlementRule } from './settlement-rule.ts';

/** What one sub-account pays towards a task. */
export interface RoutePart {
  /** The sub-account's number in its generation, from 0: its place in sequence 1. */
  readonly number: number;
  /** In minor units, above zero. */
  readonly amountMinor: bigint;
}

/** The parts that pay a task, in sequence order from its first place; they add up to its amount. */
export type Route = readonly RoutePart[];

export interface RouteRequest {
  /** Sequence 2: the task's number. */
  readonly sequence: bigint;
  /** One per sub-account of the generation, in the order of their numbers. */
  readonly balancesMinor: readonly bigint[];
  readonly rule: SettlementRule;
  /** In minor units, above zero. */
  readonly amountMinor: bigint;
}

/** The numbers of all sub-accounts from `sequence` mod size on, round to just before (claim 3). */
function numbersFrom(sequence: bigint, size: number): readonly number[] {
  const first = Number(sequence % BigInt(size));
  return Array.from({ length: size }, (_, step) => (first + step) % size);
}

/**
 * Chooses who pays task j (claims 2, 3, 6 and 7): j mod size = k; sub-account k when it is healthy,
 * otherwise k+1, and so on around. Beyond the claims, so that no draw is refused while the money
 * is there: one that is not healthy but covers the draw comes next, and a draw larger than any
 * single balance sweeps several from k on.
 *
 * @returns one part, several for a sweep, or null when all together do not cover the amount.
 */
export function chooseSubAccount(request: RouteRequest): Route | null {
  const { sequence, balancesMinor, rule, amountMinor } = request;
  if (amountMinor <= 0n) throw new RangeError(`a task draws more than zero, not ${amountMinor}`);
  if (totalOf(balancesMinor) < amountMinor) return null;
  const balanceOf = (number: number): bigint => balancesMinor[number] ?? 0n;
  const numbers = numbersFrom(sequence, balancesMinor.length);
  const covering = numbers.filter((number) => balanceOf(number) >= amountMinor);
  const target = covering.find((number) => isHealthy(balanceOf(number), rule)) ?? covering[0];
  if (target !== undefined) return [{ number: target, amountMinor }];
  return sweep(numbers, balanceOf, amountMinor);
}

/** Takes all that each one has, in order, until the amount is reached. */
function sweep(
  numbers: readonly number[],
  balanceOf: (number: number) => bigint,
  amountMinor: bigint,
): Route {
  const parts: RoutePart[] = [];
  let missing = amountMinor;
  for (const number of numbers) {
    const balance = balanceOf(number);
    const taken = balance < missing ? balance : missing;
    if (taken > 0n) parts.push({ number, amountMinor: taken });
    missing -= taken;
  }
  return parts;
}
