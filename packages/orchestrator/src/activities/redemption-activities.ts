import { isRefusal, formatMoney, refuse, toWire, type Refusal } from '@sluice/money';
import { readRedemption } from '@sluice/pool';
import { explain } from '@sluice/rule-engine';
import type { Activities, DiscountDecision, SubsidyQuote } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import {
  dayOf,
  decideDiscounts,
  quoteSubsidy,
  type Discount,
  type PricedRedemption,
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
  const { database, program, tariffs } = dependencies;
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
      const discounts = decideDiscounts(program, redemption);
      return isRefusal(discounts) ? discounts : shownDiscounts(discounts);
    },
    async quoteSubsidy({ redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      if (redemption === null) return redemptionUnknown(redemptionId);
      const discounts = decideDiscounts(program, redemption);
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

function shownDiscounts(discounts: readonly Discount[]): DiscountDecision {
  return {
    kind: 'decided',
    discounts: Object.fromEntries(discounts.map(({ kind, amount }) => [kind, toWire(amount)])),
    explanation: discounts.map(({ decision }) => explain(decision)),
  };
}

function shownSubsidy({ subsidy, components }: PricedRedemption): SubsidyQuote {
  return {
    kind: 'quoted',
    subsidy: toWire(subsidy),
    components: components.map(({ kind, brand, quote }) => ({
      kind,
      brand,
      amount: toWire(quote.amount),
      tariff: `${quote.tariffId}@${quote.tariffVersion}/${quote.cell}: ${quote.lines
        .map(({ text, amount }) => `${text} = ${formatMoney(amount)}`)
        .join(', ')}`,
    })),
  };
}

function redemptionUnknown(redemptionId: string): Refusal {
  return refuse('REDEMPTION_UNKNOWN', `there is no redemption ${redemptionId}: record it first`, {
    redemptionId,
  });
}
