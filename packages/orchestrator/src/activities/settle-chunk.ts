import { withTransaction } from '@sluice/database';
import {
  add,
  expectAnswer,
  fromWire,
  isRefusal,
  money,
  toWire,
  type Refusal,
  type WireMoney,
} from '@sluice/money';
import { readRedemption, readRedemptions, type RecordedRedemption } from '@sluice/pool';
import type { Activities, BatchProgress, ChunkSettled } from '../contract.ts';
import { currentWorkflowId } from './current-workflow.ts';
import type { Dependencies } from './dependencies.ts';
import { poolDiffers } from './pool-differs.ts';
import { settleRedemptions, sharesOf, type Settled } from './settle-redemptions.ts';

/**
 * Settles the next rows of a batch in one transaction. Rows that were settled before, by this batch
 * or by the single lane, count as what they came to then.
 *
 * @returns how far the batch is then; or `POOL_UNKNOWN`, or `POOL_DIFFERS` for a batch that was
 *   recorded for another pool.
 */
export async function settleChunk(
  dependencies: Dependencies,
  { poolId, batchId, limit, progress }: Parameters<Activities['settleChunk']>[0],
): Promise<ChunkSettled | Refusal> {
  const { database } = dependencies;
  const afterSequence = BigInt(progress.afterSequence);
  const redemptions = await readRedemptions(database, { batchId, afterSequence, limit });
  const [first] = redemptions;
  const recorded = first === undefined ? null : await readRedemption(database, first.id);
  if (recorded !== null && recorded.poolId !== poolId) return poolDiffers(recorded, poolId);
  const workflowId = currentWorkflowId();
  const settled = await withTransaction(database, (tx) =>
    settleRedemptions(tx, dependencies, { poolId, redemptions, workflowId }),
  );
  if (isRefusal(settled)) return settled;
  return {
    kind: 'settled',
    rows: redemptions.length,
    progress: advance(progress, redemptions, settled),
  };
}

function advance(
  before: BatchProgress,
  redemptions: readonly RecordedRedemption[],
  settled: readonly (Settled | Refusal)[],
): BatchProgress {
  const last = redemptions.at(-1);
  if (last === undefined) return before;
  const count = (status: Settled['status']): number =>
    settled.filter((one) => statusOf(one) === status).length;
  const shares = settled.flatMap((one) => (isRefusal(one) ? [] : [sharesOf(one)]));
  const feeMinor = shares.reduce((total, one) => total + one.feeMinor, 0n);
  const netMinor = shares.reduce((total, one) => total + one.netMinor, 0n);
  const plus = (sum: WireMoney | null | undefined, minor: bigint): WireMoney => {
    const more = money(minor, last.currency);
    return toWire(sum ? add(expectAnswer(fromWire(sum)), more) : more);
  };
  return {
    afterSequence: last.sequence.toString(),
    paid: before.paid + count('paid'),
    refused: before.refused + count('refused'),
    parked: before.parked + count('parked'),
    subsidy: plus(before.subsidy, netMinor + feeMinor),
    fee: plus(before.fee, feeMinor),
  };
}

/** A redemption whose key stands for another body is refused, too. */
function statusOf(one: Settled | Refusal): Settled['status'] {
  return isRefusal(one) ? 'refused' : one.status;
}
