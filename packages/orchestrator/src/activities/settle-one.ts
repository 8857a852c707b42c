import { withTransaction, type Tx } from '@sluice/database';
import { isRefusal, money, toWire, type Refusal } from '@sluice/money';
import { createPayout, readPayout } from '@sluice/payout';
import type { RecordedRedemption } from '@sluice/pool';
import type { RedemptionOutcome } from '../contract.ts';
import { redemptionKeys } from '../redemption-keys.ts';
import { currentWorkflowId } from './current-workflow.ts';
import type { Dependencies } from './dependencies.ts';
import { newPayout } from './new-payout.ts';
import { settleRedemptions, sharesOf } from './settle-redemptions.ts';

/**
 * Settles one redemption and records its payout in the same transaction, so that no other payout
 * of the seller ever counts this money. One that was paid before without a payout of its own, by
 * the bulk lane, gets none now. One that no bank could be sent (its id is too long for the bank's
 * key) has none either: its money is in the seller's payable, for the next plan. The payout is of
 * what the platform's fee leaves; where that is nothing, there is none.
 *
 * @returns the outcome, the same at every call; or `POOL_UNKNOWN`, `KEY_REUSED`.
 */
export function settleOne(
  dependencies: Dependencies,
  poolId: string,
  redemption: RecordedRedemption,
): Promise<RedemptionOutcome | Refusal> {
  return withTransaction(dependencies.database, (tx) =>
    settle(tx, dependencies, poolId, redemption),
  );
}

async function settle(
  tx: Tx,
  dependencies: Dependencies,
  poolId: string,
  redemption: RecordedRedemption,
): Promise<RedemptionOutcome | Refusal> {
  const workflowId = currentWorkflowId();
  const id = redemptionKeys.payout(redemption.id);
  const settled = await settleRedemptions(tx, dependencies, {
    poolId,
    redemptions: [redemption],
    workflowId,
    async onPaid({ id: reference, sellerId, currency }, paid) {
      const amount = money(sharesOf(paid).netMinor, currency);
      if (amount.minor === 0n) return;
      const payout = newPayout(dependencies.rail, { id, sellerId, amount, reference });
      const created = await createPayout(tx, { ...payout, workflowId });
      if (isRefusal(created))
        dependencies.log.warn({ redemption: reference, created }, 'no payout');
    },
  });
  if (isRefusal(settled)) return settled;
  const [answer] = settled;
  if (answer === undefined) throw new Error(`redemption ${redemption.id} got no answer`);
  if (isRefusal(answer)) return answer;
  const payout = await readPayout(tx, id);
  const { feeMinor, netMinor } = sharesOf(answer);
  const { currency } = redemption;
  return {
    kind: answer.status,
    subsidy: toWire(money(BigInt(answer.subsidyMinor), currency)),
    fee: toWire(money(feeMinor, currency)),
    net: toWire(money(netMinor, currency)),
    refusal: isRefusal(answer.refusal) ? answer.refusal : null,
    payoutId: payout?.id ?? null,
  };
}
