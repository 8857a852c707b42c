import { quote, type Quote } from '@sluice/billing';
import type { Json } from '@sluice/database';
import {
  formatAmount,
  isRefusal,
  money,
  refuse,
  sum,
  type Money,
  type Refusal,
} from '@sluice/money';
import type { DrawComponent, Redemption } from '@sluice/pool';
import {
  decideNow,
  integerValue,
  moneyOf,
  moneyValue,
  textValue,
  type Decision,
  type Value,
} from '@sluice/rule-engine';
import type { DiscountRules } from './program.ts';
import type { DayTariffs } from './tariff-book.ts';

/** A discount that the rules gave. */
export interface Discount {
  readonly kind: string;
  readonly amount: Money;
  readonly decision: Decision;
}

/** One part of a subsidy, with the quote that it stands on. */
export interface SubsidyComponent {
  readonly kind: string;
  readonly brand: string | null;
  readonly quote: Quote;
}

/** The subsidy that a redemption's discounts lead to. */
export interface PricedRedemption {
  readonly components: readonly SubsidyComponent[];
  readonly subsidy: Money;
}

/** The kind of discount that is a brand's own money, and on which a handling fee is due. */
const couponKind = 'coupon';
/** The kind of that fee: part of the subsidy, though no discount. */
export const handlingFeeKind = 'handling-fee';

/** The day on which a redemption counts: rules and tariffs in force then decide it. */
export function dayOf(redemption: Redemption): string {
  return redemption.redeemedAt.slice(0, 10);
}

/**
 * Decides the discounts of a redemption, each by the rules of its business (claim 9).
 *
 * @returns the discounts above zero; or `DISCOUNT_UNDECIDED` when a rule could not be told.
 */
export function decideDiscounts(
  program: { readonly discounts: readonly DiscountRules[] },
  redemption: Redemption,
): readonly Discount[] | Refusal {
  const facts = (name: string): Value | undefined => factOf(redemption, name);
  const discounts: Discount[] = [];
  for (const { kind, rules } of program.discounts) {
    const decision = decideNow(rules, facts, dayOf(redemption));
    if (decision.outcome === 'unknown') return undecided(redemption, kind, decision);
    if (decision.outcome === 'not-applied') continue;
    const amount = moneyOf(decision.value);
    if (amount.minor > 0n) discounts.push({ kind, amount, decision });
  }
  return discounts;
}

/** Business data by name, as rules ask for it; undefined for a name that a redemption lacks. */
export function factOf(redemption: Redemption, name: string): Value | undefined {
  const { currency } = redemption;
  switch (name) {
    case 'coupon.value':
      return moneyValue(money(redemption.couponValueMinor, currency));
    case 'loyalty.cut':
      return moneyValue(money(redemption.loyaltyDiscountMinor, currency));
    case 'line.paid':
      return moneyValue(money(redemption.paidMinor, currency));
    case 'line.quantity':
      return integerValue(BigInt(redemption.quantity));
    case 'product.id':
      return textValue(redemption.productId);
    case 'seller.id':
      return textValue(redemption.sellerId);
    case 'user.id':
      return textValue(redemption.userId);
    default:
      return undefined;
  }
}

function undecided(redemption: Redemption, kind: string, decision: Decision): Refusal {
  const [unknown] = decision.unknowns;
  return refuse(
    'DISCOUNT_UNDECIDED',
    `the ${kind} discount of redemption ${redemption.id} cannot be told: ` +
      `rule ${unknown?.rule.id ?? '?'} lacks what it needs`,
    { redemptionId: redemption.id, kind, rule: unknown?.rule.id ?? null },
  );
}

/**
 * Turns discounts into the subsidy that the seller is paid back, by the tariffs of the day: its
 * share of each discount, and a handling fee for a coupon.
 *
 * @returns the priced redemption; or `BRAND_UNKNOWN` (a coupon that no brand can be asked for),
 *   `NO_SUBSIDY` (nothing to pay back), or a refusal of the tariff.
 */
export function quoteSubsidy(
  tariffs: DayTariffs,
  redemption: Redemption,
  discounts: readonly Discount[],
): PricedRedemption | Refusal {
  const components: SubsidyComponent[] = [];
  for (const { kind, amount } of discounts) {
    const isCoupon = kind === couponKind;
    if (isCoupon && redemption.brandId === null) return brandUnknown(redemption);
    const brand = isCoupon ? redemption.brandId : null;
    const share = quote(tariffs.subsidyShare, {
      basis: amount,
      elements: { kind, discount: amount },
    });
    if (isRefusal(share)) return share;
    components.push({ kind, brand, quote: share });
    if (!isCoupon) continue;
    const fee = quote(tariffs.handlingFee, { basis: amount, elements: { faceValue: amount } });
    if (isRefusal(fee)) return fee;
    components.push({ kind: handlingFeeKind, brand, quote: fee });
  }
  const { currency } = money(0n, redemption.currency);
  const subsidy = sum(
    components.map((component) => component.quote.amount),
    currency,
  );
  if (subsidy.minor <= 0n) return noSubsidy(redemption);
  return { components, subsidy };
}

function brandUnknown({ id, productId }: Redemption): Refusal {
  return refuse(
    'BRAND_UNKNOWN',
    `redemption ${id} has a coupon, but product ${productId} has no known brand to pay for it`,
    { redemptionId: id, productId },
  );
}

function noSubsidy({ id }: Redemption): Refusal {
  return refuse('NO_SUBSIDY', `redemption ${id} has no discount that is paid back`, {
    redemptionId: id,
  });
}

/** What is asked of the pool for a priced redemption. */
export function drawComponents(priced: PricedRedemption): readonly DrawComponent[] {
  return priced.components.map(({ kind, brand, quote: { amount } }) => ({
    kind,
    brand,
    amountMinor: amount.minor,
  }));
}

/** Which rules and tariffs, in which versions, made what: recorded with the outcome. */
export function explanationOf(
  discounts: readonly Discount[],
  components: readonly SubsidyComponent[],
): Json {
  return {
    discounts: Object.fromEntries(
      discounts.map(({ kind, amount, decision: { rule } }) => [
        kind,
        {
          amount: formatAmount(amount),
          rule: rule === null ? null : `${rule.ruleSetId}@${rule.ruleSetVersion}/${rule.id}`,
        },
      ]),
    ),
    subsidy: Object.fromEntries(
      components.map(({ kind, quote: { amount, tariffId, tariffVersion, cell } }) => [
        kind,
        { amount: formatAmount(amount), tariff: `${tariffId}@${tariffVersion}/${cell}` },
      ]),
    ),
  };
}
