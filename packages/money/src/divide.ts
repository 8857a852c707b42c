import type { RoundingMode } from './rounding.ts';

/**
 * dividend / divisor as a whole number, rounded by the mode; exact, whatever the size.
 *
 * @param divisor above zero.
 */
export function divideRounded(dividend: bigint, divisor: bigint, mode: RoundingMode): bigint {
  const truncated = dividend / divisor;
  const rest = dividend % divisor;
  if (rest === 0n) return truncated;
  const away = rest < 0n ? truncated - 1n : truncated + 1n;
  const twiceRest = rest < 0n ? -2n * rest : 2n * rest;
  switch (mode) {
    case 'down':
      return truncated;
    case 'up':
      return away;
    case 'floor':
      return rest < 0n ? away : truncated;
    case 'ceiling':
      return rest < 0n ? truncated : away;
    case 'half-up':
      return twiceRest >= divisor ? away : truncated;
    case 'half-down':
      return twiceRest > divisor ? away : truncated;
    case 'half-even':
      if (twiceRest === divisor) return truncated % 2n === 0n ? truncated : away;
      return twiceRest > divisor ? away : truncated;
  }
}
