import { money, multiply, parseRate, expectAnswer, roundToMoney, toDecimal } from '@sluice/money';
import type { Money, RoundingPolicy } from '@sluice/money';
import { Exact } from './exact.ts';
import type { QuoteLine, QuoteTax } from './pricing.ts';
import { percentText } from './rates/proportion.ts';
import type { TariffTax } from './tariff.ts';

/** Adds the tax to a price, or finds it inside. */
export type CompiledTax = (
  price: Money,
  rounding: RoundingPolicy,
) => { readonly tax: QuoteTax; readonly lines: readonly QuoteLine[]; readonly amount: Money };

/**
 * Prepares a tariff's tax. On top it is one more line. Inside, the price stays, and two lines that
 * cancel each other show what of it is tax; tax = price * rate / (1 + rate), rounded.
 */
export function compileTax({ name, rate: text, included }: TariffTax): CompiledTax {
  const rate = expectAnswer(parseRate(text));
  const label = `${percentText(text)} ${name}`;
  // 120 digits tell every quotient of decimals this long from a half: it is never rounded twice.
  const share = (price: Money): InstanceType<typeof Exact> =>
    new Exact(toDecimal(price)).times(rate).div(new Exact(rate).plus(1));
  return (price, rounding) => {
    const { currency } = price;
    const of = (minor: bigint): Money => money(minor, currency);
    if (!included) {
      const amount = multiply(price, rate, rounding);
      return {
        tax: { name, rate: text, included, net: price, amount },
        lines: [{ text: `${label} on top`, amount }],
        amount: of(price.minor + amount.minor),
      };
    }
    const amount = roundToMoney(share(price), currency, rounding);
    return {
      tax: { name, rate: text, included, net: of(price.minor - amount.minor), amount },
      lines: [
        { text: `less ${label} inside`, amount: of(-amount.minor) },
        { text: label, amount },
      ],
      amount: price,
    };
  };
}
