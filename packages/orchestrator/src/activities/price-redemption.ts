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
  moneyValue,
  textValue,
  valueText,
  type Decision,
  type Value,
} from '@sluice/rule-engine';
import type { DiscountRules } from './discount-rules.ts';
import { quotePlatformFees, type PlatformFee } from './quote-platform-fee.ts';
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
  /** What the platform keeps of it, and by which fees. */
  readonly fee: Money;
  readonly fees: readonly PlatformFee[];
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
  { discounts: kinds }: { readonly discounts: readonly DiscountRules[] },
  redemption: Redemption,
): readonly Discount[] | Refusal {
  const facts = factsOf(redemption, null);
  return discountsFrom(
    redemption,
    kinds.map(({ kind, rules }) => {
      return { kind, decision: decideNow(rules, facts, dayOf(redemption)) };
    }),
  );
}

/** The discounts of decisions: those above zero; or `DISCOUNT_UNDECIDED`. */
export function discountsFrom(
  redemption: Redemption,
  decided: readonly { readonly kind: string; readonly decision: Decision }[],
): readonly Discount[] | Refusal {
  const discounts: Discount[] = [];
  for (const { kind, decision } of decided) {
    const { outcome, value } = decision;
    if (outcome === 'unknown') return undecided(redemption, kind, decision);
    if (outcome === 'not-applied') continue;
    if (value?.kind !== 'money' || value.money.currency !== redemption.currency) {
      return noMoney(redemption, kind, decision);
    }
    if (value.money.minor > 0n) discounts.push({ kind, amount: value.money, decision });
  }
  return discounts;
}

/** Whom staged rollouts count a redemption as; a till may know better. */
export const rolloutUnit = 'rollout.unit';

/** The facts that {@link factOf} gives, with the kind of their values. */
export const redemptionFacts: Readonly<Record<string, Value['kind']>> = {
  'coupon.value': 'money',
  'loyalty.cut': 'money',
  'line.paid': 'money',
  'line.quantity': 'integer',
  'product.id': 'text',
  'seller.id': 'text',
  'user.id': 'text',
  [rolloutUnit]: 'text',
};

/**
 * The facts of a redemption, as rules ask for them.
 *
 * @param unit whom its till counted it as; null where there was no till or it had nobody else.
 */
export function factsOf(
  redemption: Redemption,
  unit: string | null,
): (name: string) => Value | undefined {
  return (name) =>
    name === rolloutUnit && unit !== null ? textValue(unit) : factOf(redemption, name);
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
    case rolloutUnit:
      return textValue(`user:${redemption.userId}`);
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

/** A rule set that is fine by itself may still give what is no discount here. */
function noMoney({ id, currency }: Redemption, kind: string, { rule, value }: Decision): Refusal {
  const given = value === null ? 'nothing' : valueText(value);
  return refuse(
    'DISCOUNT_UNDECIDED',
    `the ${kind} discount of redemption ${id} is ${given} by rule ${rule?.id ?? '?'}, which is ` +
      `no money in ${currency}: correct the rule`,
    { redemptionId: id, kind, rule: rule?.id ?? null },
  );
}

/**
 * Turns discounts into the subsidy that the seller is paid back, by the tariffs of the day: its
 * share of each discount, and a handling fee for a coupon. Of the shares the platform keeps a fee.
 *
 * @returns the priced redemption; or `BRAND_UNKNOWN` (a coupon that no brand can be asked for),
 *   `NO_SUBSIDY` (nothing to pay back), `FEE_EXCEEDS_SUBSIDY`, or a refusal of a tariff.
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
  const shares = components.filter(({ kind }) => kind !== handlingFeeKind);
  const kept = quotePlatformFees(tariffs.platformFee, redemption.id, shares);
  return isRefusal(kept) ? kept : { components, subsidy, ...kept };
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

/** Whether a till and the server decided the same, byte for byte. */
export type TillVerdict = 'same' | 'different';

/** Which rules and tariffs, in which versions, made what: recorded with the outcome. */
export function explanationOf(
  discounts: readonly Discount[],
  priced: Pick<PricedRedemption, 'components' | 'fees'>,
  till: TillVerdict | null,
): Json {
  return {
    ...(till === null ? {} : { till }),
    discounts: Object.fromEntries(
      discounts.map(({ kind, amount, decision: { rule } }) => [
        kind,
        {
          amount: formatAmount(amount),
          rule: rule === null ? null : `${rule.ruleSetId}@${rule.ruleSetVersion}/${rule.id}`,
        },
      ]),
    ),
    subsidy: amountsByKind(priced.components),
    fees: amountsByKind(priced.fees),
  };
}

function amountsByKind(
  quoted: readonly { readonly kind: string; readonly quote: Quote }[],
): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    quoted.map(({ kind, quote: { amount, tariffId, tariffVersion, cell } }) => [
      kind,
      { amount: formatAmount(amount), tariff: `${tariffId}@${tariffVersion}/${cell}` },
    ]),
  );
}
