import { withTransaction, type Tx } from '@sluice/database';
import {
  expectAnswer,
  formatMoney,
  isRefusal,
  money,
  refuse,
  toWire,
  type Refusal,
} from '@sluice/money';
import { createPayout, readPayout } from '@sluice/payout';
import { readRedemption, readRedemptions, type RecordedRedemption } from '@sluice/pool';
import { explain } from '@sluice/rule-engine';
import type { Activities, ChunkSettled, RedemptionOutcome } from '../contract.ts';
import { currentWorkflowId } from './current-workflow.ts';
import type { Dependencies } from './dependencies.ts';
import { newPayout } from './payout-activities.ts';
import { dayOf, decideDiscounts, quoteSubsidy } from './price-redemption.ts';
import { settleRedemptions, type Settled } from './settle-redemptions.ts';
import { withHeartbeat } from './with-heartbeat.ts';

type RedemptionActivities = Pick<
  Activities,
  'settleChunk' | 'sellerOf' | 'decideDiscounts' | 'quoteSubsidy' | 'drawAndBook'
>;

/** The activities of both lanes: one chunk, or one redemption step by step. */
export function createRedemptionActivities(dependencies: Dependencies): RedemptionActivities {
  const { database, program, tariffs, log } = dependencies;
  return {
    settleChunk: (input) => withHeartbeat(() => settleChunk(dependencies, input)),
    async sellerOf({ redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      return redemption === null ? unknown(redemptionId) : { sellerId: redemption.sellerId };
    },
    async decideDiscounts({ redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      if (redemption === null) return unknown(redemptionId);
      const discounts = decideDiscounts(program, redemption);
      if (isRefusal(discounts)) return discounts;
      return {
        kind: 'decided',
        discounts: Object.fromEntries(discounts.map(({ kind, amount }) => [kind, toWire(amount)])),
        explanation: discounts.map(({ decision }) => explain(decision)),
      };
    },
    async quoteSubsidy({ redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      if (redemption === null) return unknown(redemptionId);
      const discounts = decideDiscounts(program, redemption);
      if (isRefusal(discounts)) return discounts;
      const day = (await tariffs.forDays(database, [dayOf(redemption)])).get(dayOf(redemption));
      if (day === undefined || isRefusal(day)) return day ?? unknown(redemptionId);
      const priced = quoteSubsidy(day, redemption, discounts);
      if (isRefusal(priced)) return priced;
      return {
        kind: 'quoted',
        subsidy: toWire(priced.subsidy),
        components: priced.components.map(({ kind, brand, quote }) => ({
          kind,
          brand,
          amount: toWire(quote.amount),
          tariff: `${quote.tariffId}@${quote.tariffVersion}/${quote.cell}: ${quote.lines
            .map(({ text, amount }) => `${text} = ${formatMoney(amount)}`)
            .join(', ')}`,
        })),
      };
    },
    async drawAndBook({ poolId, redemptionId }) {
      const redemption = await readRedemption(database, redemptionId);
      if (redemption === null) return unknown(redemptionId);
      const outcome = await withTransaction(database, (tx) =>
        settleOne(tx, dependencies, poolId, redemption),
      );
      log.info({ redemption: redemptionId, answer: outcome.kind }, 'redemption settled');
      return outcome;
    },
  };
}

async function settleChunk(
  dependencies: Dependencies,
  { poolId, batchId, afterSequence, limit }: Parameters<Activities['settleChunk']>[0],
): Promise<ChunkSettled | Refusal> {
  const { database, log } = dependencies;
  const page = { batchId, afterSequence: BigInt(afterSequence), limit };
  const redemptions = await readRedemptions(database, page);
  const workflowId = currentWorkflowId();
  const settled = await withTransaction(database, (tx) =>
    settleRedemptions(tx, dependencies, { poolId, redemptions, workflowId }),
  );
  if (isRefusal(settled)) return settled;
  const chunk = summarise(redemptions, settled, afterSequence);
  log.info({ batch: batchId, ...chunk }, 'chunk settled');
  return chunk;
}

function unknown(redemptionId: string): Refusal {
  return refuse('REDEMPTION_UNKNOWN', `there is no redemption ${redemptionId}: record it first`, {
    redemptionId,
  });
}

function summarise(
  redemptions: readonly RecordedRedemption[],
  settled: readonly (Settled | Refusal)[],
  afterSequence: string,
): ChunkSettled {
  const count = (status: Settled['status']): number =>
    settled.filter((one) => statusOf(one) === status).length;
  const subsidyMinor = settled.reduce(
    (total, one) => (isPaid(one) ? total + BigInt(one.subsidyMinor) : total),
    0n,
  );
  const last = redemptions.at(-1);
  return {
    kind: 'settled',
    lastSequence: last?.sequence.toString() ?? afterSequence,
    rows: redemptions.length,
    paid: count('paid'),
    refused: count('refused'),
    parked: count('parked'),
    subsidy: last === undefined ? null : toWire(money(subsidyMinor, last.currency)),
  };
}

function isPaid(one: Settled | Refusal): one is Settled {
  return !isRefusal(one) && one.status === 'paid';
}

function statusOf(one: Settled | Refusal): Settled['status'] {
  return isRefusal(one) ? 'refused' : one.status;
}

/**
 * Settles one redemption and records its payout in the same transaction, so that no other payout
 * of the seller ever counts this money. One that the bulk lane paid has no payout of its own.
 */
async function settleOne(
  tx: Tx,
  dependencies: Dependencies,
  poolId: string,
  redemption: RecordedRedemption,
): Promise<RedemptionOutcome | Refusal> {
  const workflowId = currentWorkflowId();
  const id = `redemption/${redemption.id}`;
  const settled = await settleRedemptions(tx, dependencies, {
    poolId,
    redemptions: [redemption],
    workflowId,
    async onPaid({ id: reference, sellerId, currency }, subsidyMinor) {
      const amount = money(subsidyMinor, currency);
      const payout = newPayout(dependencies.rail, { id, sellerId, amount, reference });
      expectAnswer(await createPayout(tx, { ...payout, workflowId }));
    },
  });
  if (isRefusal(settled)) return settled;
  const [answer] = settled;
  if (answer === undefined) throw new Error(`redemption ${redemption.id} got no answer`);
  if (isRefusal(answer)) return answer;
  const payout = await readPayout(tx, id);
  return {
    kind: answer.status,
    subsidy: toWire(money(BigInt(answer.subsidyMinor), redemption.currency)),
    refusal: isRefusal(answer.refusal) ? answer.refusal : null,
    payoutId: payout?.id ?? null,
  };
}
