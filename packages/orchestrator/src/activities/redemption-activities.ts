import type { Quote } from '@sluice/billing';
import {
  isRefusal,
  formatMoney,
  refuse,
  toWire,
  type Refusal,
  type WireMoney,
} from '@sluice/money';
import { readRedemption, type RecordedRedemption } from '@sluice/pool';
import { explain } from '@sluice/rule-engine';
import type { Activities, DiscountDecision, SubsidyQuote } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import { decideRedemption, type DecidedDiscounts } from './decide-redemption.ts';
import {
  dayOf,
  quoteSubsidy,
  type Discount,
  type PricedRedemption,
  type TillVerdict,
} from './price-redemption.ts';
import { poolDiffers } from './pool-differs.ts';
import { settleChunk } from './settle-chunk.ts';
import { settleOne } from './settle-one.ts';

type RedemptionActivities = Pick<
  Activities,
  'settleChunk' | 'sellerOf' | 'decideDiscounts' | 'quoteSubsidy' | 'drawAndBook'
>;

/** The activities of both lanes: one chunk, or one redemption step by step. */
export function createRedemptionActivities(dependencies: Dependencies): RedemptionActivities {
  const { database, tariffs } = dependencies;
  return {
    settleChunk: (input) => settleChunk(dependencies, input),
    async sellerOf({ redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      if (redemption === null) return redemptionUnknown(redemptionId);
      return { kind: 'found', sellerId: redemption.sellerId };
    },
    async decideDiscounts({ redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      if (redemption === null) return redemptionUnknown(redemptionId);
      const { discounts, till } = await decide(dependencies, redemption);
      return isRefusal(discounts) ? discounts : shownDiscounts(discounts, till);
    },
    async quoteSubsidy({ redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      if (redemption === null) return redemptionUnknown(redemptionId);
      const { discounts } = await decide(dependencies, redemption);
      if (isRefusal(discounts)) return discounts;
      const day = dayOf(redemption);
      const found = (await tariffs.forDays(database, [day])).get(day);
      if (found === undefined) throw new Error(`the tariffs of ${day} were not loaded`);
      if (isRefusal(found)) return found;
      const priced = quoteSubsidy(found, redemption, discounts);
      return isRefusal(priced) ? priced : shownSubsidy(priced);
    },
    async drawAndBook({ poolId, redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      if (redemption === null) return redemptionUnknown(redemptionId);
      if (redemption.poolId !== poolId) return poolDiffers(redemption, poolId);
      return settleOne(dependencies, poolId, redemption);
    },
  };
}

async function decide(
  { database, rules, tillRules }: Dependencies,
  redemption: RecordedRedemption,
): Promise<DecidedDiscounts> {
  await rules.refresh(database);
  const tills = await tillRules.forRedemptions(database, [redemption]);
  return decideRedemption(rules, tills, redemption);
}

function shownDiscounts(
  discounts: readonly Discount[],
  till: TillVerdict | null,
): DiscountDecision {
  return {
    ...{ kind: 'decided', ...(till === null ? {} : { till }) },
    discounts: Object.fromEntries(discounts.map(({ kind, amount }) => [kind, toWire(amount)])),
    explanation: discounts.map(({ decision }) => explain(decision)),
  };
}

function shownSubsidy({ subsidy, fee, components, fees }: PricedRedemption): SubsidyQuote {
  return {
    kind: 'quoted',
    subsidy: toWire(subsidy),
    fee: toWire(fee),
    components: components.map(({ kind, brand, quote }) => ({ kind, brand, ...shown(quote) })),
    fees: fees.map(({ kind, quote }) => ({ kind, ...shown(quote) })),
  };
}

function shown(quote: Quote): { readonly amount: WireMoney; readonly tariff: string } {
  const lines = quote.lines.map(({ text, amount }) => `${text} = ${formatMoney(amount)}`);
  return {
    amount: toWire(quote.amount),
    tariff: `${quote.tariffId}@${quote.tariffVersion}/${quote.cell}: ${lines.join(', ')}`,
  };
}

function redemptionUnknown(redemptionId: string): Refusal {
  return refuse('REDEMPTION_UNKNOWN', `there is no redemption ${redemptionId}: record it first`, {
    redemptionId,
  });
}
