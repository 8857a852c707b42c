import { quote, type CompiledTariff, type Quote } from '@sluice/billing';
import { formatMoney, isRefusal, refuse, sum, type Money, type Refusal } from '@sluice/money';

/** What the platform keeps of one kind of subsidy, with the quote that it stands on. */
export interface PlatformFee {
  readonly kind: string;
  readonly quote: Quote;
}

/** The fees of a redemption, and what is the seller's. */
export interface PlatformFees {
  /** One for each subsidised discount; some of them may be zero. */
  readonly fees: readonly PlatformFee[];
  readonly fee: Money;
}

/**
 * Prices what the platform keeps of the subsidies of a redemption's discounts, each by its kind.
 *
 * @param subsidies of discounts only: a handling fee is the seller's pay for its work.
 * @returns the fees; or `FEE_EXCEEDS_SUBSIDY`, or a refusal of the tariff.
 */
export function quotePlatformFees(
  tariff: CompiledTariff,
  redemptionId: string,
  subsidies: readonly { readonly kind: string; readonly quote: Quote }[],
): PlatformFees | Refusal {
  const fees: PlatformFee[] = [];
  for (const { kind, quote: subsidy } of subsidies) {
    const fee = quote(tariff, { basis: subsidy.amount, elements: { kind } });
    if (isRefusal(fee)) return fee;
    if (fee.amount.minor > subsidy.amount.minor) {
      return feeExceedsSubsidy(redemptionId, kind, fee, subsidy.amount);
    }
    fees.push({ kind, quote: fee });
  }
  return {
    fees,
    fee: sum(
      fees.map((one) => one.quote.amount),
      tariff.currency,
    ),
  };
}

/** No seller shall owe us for having given a discount. */
function feeExceedsSubsidy(
  redemptionId: string,
  kind: string,
  { amount, tariffId, tariffVersion, cell }: Quote,
  subsidy: Money,
): Refusal {
  const tariff = `${tariffId}@${tariffVersion}/${cell}`;
  return refuse(
    'FEE_EXCEEDS_SUBSIDY',
    `the platform fee of redemption ${redemptionId} for its ${kind} is ${formatMoney(amount)} by ` +
      `${tariff}, above the subsidy of ${formatMoney(subsidy)}: cap the tariff`,
    { redemptionId, kind, tariff },
  );
}
