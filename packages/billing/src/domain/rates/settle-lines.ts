import type { Decimal } from 'decimal.js';
import { add, money, roundToMoney, subtract, sum, toDecimal, type Money } from '@sluice/money';
import { Exact } from '../exact.ts';
import type { QuoteLine } from '../pricing.ts';
import type { RateTerms } from './rate-models.ts';

/** A line before rounding, in major units. */
export interface ExactLine {
  readonly text: string;
  readonly exact: Decimal;
}

/**
 * Rounds lines that are not negative so that they add up. At stage `line` each is rounded and the
 * price is their sum. At stage `total` the sum is rounded once, and the lines share it: each
 * rounded down, what is missing handed out step by step by the largest remainder, ties to the
 * first line.
 */
export function settleLines(
  lines: readonly ExactLine[],
  { currency, rounding }: RateTerms,
): readonly QuoteLine[] {
  if (rounding.stage === 'line' || lines.length === 1) {
    return lines.map(({ text, exact }) => ({
      text,
      amount: roundToMoney(exact, currency, rounding),
    }));
  }
  const total = roundToMoney(Exact.sum(0, ...lines.map(({ exact }) => exact)), currency, rounding);
  const down = { ...rounding, mode: 'floor' } as const;
  const floors = lines.map(({ exact }) => roundToMoney(exact, currency, down));
  const step = roundToMoney(new Exact('1e-40'), currency, { ...rounding, mode: 'ceiling' });
  let missing = subtract(total, sum(floors, currency)).minor / step.minor;
  const amounts: Money[] = [...floors];
  for (const place of byRemainder(lines, floors)) {
    if (missing === 0n) break;
    amounts[place] = add(floors[place] ?? money(0n, currency), step);
    missing -= 1n;
  }
  return lines.map(({ text }, place) => ({ text, amount: amounts[place] ?? money(0n, currency) }));
}

function byRemainder(lines: readonly ExactLine[], floors: readonly Money[]): readonly number[] {
  return lines
    .map(({ exact }, place) => {
      const floor = floors[place];
      return { rest: floor === undefined ? exact : exact.minus(toDecimal(floor)), place };
    })
    .sort((left, right) => right.rest.comparedTo(left.rest) || left.place - right.place)
    .map(({ place }) => place);
}
