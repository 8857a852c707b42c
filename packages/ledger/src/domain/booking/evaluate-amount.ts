import {
  add,
  exponentOf,
  formatMoney,
  isRefusal,
  multiply,
  refuse,
  subtract,
  type Money,
  type Refusal,
} from '@sluice/money';
import type { AmountExpression, ShareExpression } from './amount-expression.ts';
import { amountText } from './amount-text.ts';

/** Amounts by the name that expressions use. */
export type NamedAmounts = Readonly<Record<string, Money>>;

/**
 * The amount that an expression stands for: exact but for the rounding that its shares name.
 *
 * @returns the amount, zero or above; or the refusal `BOOKING_AMOUNT_MISSING`,
 *   `BOOKING_AMOUNT_NEGATIVE`, `BOOKING_CURRENCY_DIFFERS` or `BOOKING_SCALE_TOO_FINE`.
 */
export function evaluateAmount(
  expression: AmountExpression,
  amounts: NamedAmounts,
): Money | Refusal {
  if (typeof expression === 'string') return namedAmount(expression, amounts);
  switch (expression.kind) {
    case 'share':
      return shareOf(expression, amounts);
    case 'sum':
      return combine(expression, expression.of, amounts, add);
    case 'difference': {
      const left = combine(expression, [expression.of, ...expression.less], amounts, subtract);
      return isRefusal(left) || left.minor >= 0n ? left : belowZero(expression, left);
    }
  }
}

function namedAmount(name: string, amounts: NamedAmounts): Money | Refusal {
  const amount = Object.hasOwn(amounts, name) ? amounts[name] : undefined;
  if (amount === undefined) {
    return refuse('BOOKING_AMOUNT_MISSING', `the amount "${name}" is missing: give it`, {
      amount: name,
    });
  }
  return amount.minor < 0n ? belowZero(name, amount) : amount;
}

function belowZero(expression: AmountExpression, amount: Money): Refusal {
  const text = amountText(expression);
  return refuse(
    'BOOKING_AMOUNT_NEGATIVE',
    `the amount "${text}" is ${formatMoney(amount)}, below zero: a way back is a rule of its own`,
    { amount: text, minor: amount.minor.toString() },
  );
}

function shareOf({ of, rate, rounding }: ShareExpression, amounts: NamedAmounts): Money | Refusal {
  const whole = evaluateAmount(of, amounts);
  if (isRefusal(whole)) return whole;
  const { scale } = rounding;
  const places = exponentOf(whole.currency);
  if (scale !== 'currency' && scale > places) {
    return refuse(
      'BOOKING_SCALE_TOO_FINE',
      `a share of ${amountText(of)} cannot be rounded to ${scale} decimal places: ` +
        `${whole.currency} has ${places}; write "currency"`,
      { amount: amountText(of), currency: whole.currency, scale },
    );
  }
  return multiply(whole, rate, rounding);
}

function combine(
  expression: AmountExpression,
  parts: readonly AmountExpression[],
  amounts: NamedAmounts,
  operation: (left: Money, right: Money) => Money,
): Money | Refusal {
  let total: Money | undefined;
  for (const part of parts) {
    const amount = evaluateAmount(part, amounts);
    if (isRefusal(amount)) return amount;
    if (total !== undefined && total.currency !== amount.currency) {
      return refuse(
        'BOOKING_CURRENCY_DIFFERS',
        `"${amountText(expression)}" mixes ${total.currency} and ${amount.currency}: ` +
          'a conversion is two entries through a position account',
        { amount: amountText(expression), left: total.currency, right: amount.currency },
      );
    }
    total = total === undefined ? amount : operation(total, amount);
  }
  if (total === undefined) throw new Error('an expression without parts was never parsed');
  return total;
}
