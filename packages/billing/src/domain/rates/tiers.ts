import type { Decimal } from 'decimal.js';
import { formatMoney, isRefusal, money, refuse, sum, toDecimal, type Refusal } from '@sluice/money';
import { Exact } from '../exact.ts';
import type { BillingElements, PricingRequest, QuoteLine } from '../pricing.ts';
import { percentText } from './proportion.ts';
import type { Pricer, RateTerms } from './rate-models.ts';
import { countUnits, unitsText } from './rate-units.ts';
import { settleLines, type ExactLine } from './settle-lines.ts';
import type { RateTier, TieredRate } from './tariff-rate.ts';

/** A tier with its bounds as numbers. */
export interface TierSpan {
  readonly tier: RateTier;
  readonly from: Decimal;
  /** Whether the start itself belongs to this tier: it does where the one before leaves it. */
  readonly fromIncluded: boolean;
  readonly to: Decimal | null;
  readonly flat: Decimal;
  readonly price: Decimal;
}

/** What a tiered model does with a count that is in range. */
export type TierModel = (count: Decimal, tiers: readonly TierSpan[]) => readonly ExactLine[];

/**
 * Prepares a tiered rate. Where earlier units count, the price is that of all units less that of
 * the earlier ones, so the pieces of a period add up to the price of the whole.
 */
export function priceTiered(rate: TieredRate, terms: RateTerms, model: TierModel): Pricer {
  const spans = spansOf(rate.tiers);
  const priceOf = (count: Decimal): readonly QuoteLine[] | Refusal => {
    if (rate.above === 'refuse' && isAbove(spans.at(-1), count)) return refuseAbove(rate, count);
    const free = count.isZero() && rate.zero === 'nothing';
    const lines = free ? [] : model(count, spans);
    const text = 'nothing is due at zero';
    return settleLines(lines.length === 0 ? [{ text, exact: new Exact(0) }] : lines, terms);
  };
  return (request) => {
    const count = measure(rate, request.basis, request.elements);
    if (isRefusal(count)) return count;
    if (rate.earlier === 'ignored') return priceOf(count);
    const earlier = measureEarlier(rate, request);
    if (isRefusal(earlier)) return earlier;
    const lines = priceOf(earlier.plus(count));
    const before = priceOf(earlier);
    if (isRefusal(lines)) return lines;
    if (isRefusal(before)) return before;
    const charged = sum(
      before.map(({ amount }) => amount),
      terms.currency,
    );
    const text = `less the price of the earlier ${countText(rate, earlier, terms)}`;
    return [...lines, { text, amount: money(-charged.minor, terms.currency) }];
  };
}

/** `40 call` or `40.00 USD`. */
export function countText(rate: TieredRate, count: Decimal, { currency }: RateTerms): string {
  return rate.units === null ? `${count.toFixed()} ${currency}` : unitsText(count, rate.units);
}

/** The line of a part of the count at a tier's price; none where both say nothing. */
export function partLine(
  rate: TieredRate,
  { tier, price }: TierSpan,
  part: Decimal,
  terms: RateTerms,
): ExactLine {
  const at =
    rate.units === null
      ? `${percentText(tier.price)} of ${countText(rate, part, terms)}`
      : `${countText(rate, part, terms)} at ${tier.price} ${terms.currency}`;
  return { text: at, exact: price.times(part) };
}

/** The line of a tier's flat amount; none where it is zero. */
export function flatLine({ tier, flat }: TierSpan, { currency }: RateTerms): readonly ExactLine[] {
  return flat.isZero() ? [] : [{ text: `flat ${tier.flat} ${currency} of the tier`, exact: flat }];
}

/** Whether the count lies in the tier or below it. */
export function endsIn({ to, tier }: TierSpan, count: Decimal): boolean {
  return to === null || count.lessThan(to) || (tier.toIncluded && count.equals(to));
}

function spansOf(tiers: readonly RateTier[]): readonly TierSpan[] {
  return tiers.map((tier, place) => {
    const before = tiers[place - 1];
    return {
      tier,
      from: new Exact(before?.to ?? 0),
      fromIncluded: before?.toIncluded !== true,
      to: tier.to === null ? null : new Exact(tier.to),
      flat: new Exact(tier.flat),
      price: new Exact(tier.price),
    };
  });
}

function isAbove(last: TierSpan | undefined, count: Decimal): boolean {
  return last !== undefined && !endsIn(last, count);
}

function measure(
  { units }: TieredRate,
  basis: PricingRequest['basis'],
  elements: BillingElements,
): Decimal | Refusal {
  if (units !== null) return countUnits(units, elements);
  if (basis.minor >= 0n) return toDecimal(basis);
  const problem = `the basis ${formatMoney(basis)} is below zero: it lies in no tier`;
  return refuse('OUT_OF_RANGE', problem, { element: 'basis' });
}

function measureEarlier(rate: TieredRate, { basis, earlier }: PricingRequest): Decimal | Refusal {
  const element = rate.units?.element ?? 'basis';
  const missing = (): Refusal =>
    refuse(
      'ELEMENT_MISSING',
      `the rate counts the earlier "${element}" of the period: give it in "earlier"`,
      { element: `earlier.${element}` },
    );
  if (rate.units === null) {
    if (earlier?.basis === undefined) return missing();
    if (earlier.basis.currency === basis.currency) return measure(rate, earlier.basis, {});
    const { currency } = earlier.basis;
    return refuse('CURRENCY_MISMATCH', `the earlier basis is in ${currency}`, {
      element: 'earlier.basis',
    });
  }
  const { elements = {} } = earlier ?? {};
  return Object.hasOwn(elements, element) ? countUnits(rate.units, elements) : missing();
}

function refuseAbove(rate: TieredRate, count: Decimal): Refusal {
  const element = rate.units?.element ?? 'basis';
  return refuse(
    'OUT_OF_RANGE',
    `${element} ${count.toFixed()} is above the last tier: the tariff has no price for it`,
    { element, value: count.toFixed() },
  );
}
