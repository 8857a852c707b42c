import {
  continueAsNew,
  defineQuery,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatchProgress, RedemptionBatchInput } from '../contract.ts';
import { searchAttributes } from '../search-attributes.ts';
import { bulk } from './activity-proxies.ts';
import { amountText, table } from './markdown.ts';
import { failWith, isRefusal, requireWhole } from './refusals.ts';

/** How far the batch is. */
export const batchProgress = defineQuery<BatchProgress>('batchProgress');

/** More rows in one transaction make nothing faster, and the pool's lock held too long. */
const maxChunkSize = 10_000;

const nothingYet: BatchProgress = {
  afterSequence: '0',
  paid: 0,
  refused: 0,
  parked: 0,
  subsidy: null,
};

/**
 * The bulk lane: settles the recorded redemptions of one batch in the order of their intake, one
 * SQL transaction per chunk. Its progress is all it remembers, so it can stop anywhere; a row that
 * the single lane paid already is answered by its receipt.
 */
export async function redemptionBatch(input: RedemptionBatchInput): Promise<BatchProgress> {
  const { poolId, batchId, chunkSize: limit } = input;
  let progress = input.progress ?? nothingYet;
  setHandler(batchProgress, () => progress, { description: 'rows settled so far, by outcome' });
  requireWhole('chunkSize', limit, { min: 1, max: maxChunkSize });
  if (input.progress === undefined) {
    upsertSearchAttributes([
      { key: searchAttributes.poolId, value: poolId },
      { key: searchAttributes.batchId, value: batchId },
    ]);
  }
  for (;;) {
    const chunk = await bulk.settleChunk.executeWithOptions(
      { summary: `${limit} rows after ${progress.afterSequence}` },
      [{ poolId, batchId, limit, progress }],
    );
    if (isRefusal(chunk)) failWith(chunk);
    progress = chunk.progress;
    setCurrentDetails(describe(input, progress));
    if (chunk.rows < limit) return progress;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof redemptionBatch>({ ...input, progress });
    }
  }
}

function describe(
  { batchId, poolId, redemptions }: RedemptionBatchInput,
  { paid, refused, parked, subsidy, fee }: BatchProgress,
): string {
  return table(`Batch ${batchId} of pool ${poolId}`, {
    Settled: `${paid + refused + parked} of ${redemptions}`,
    Paid: paid,
    Refused: refused,
    Parked: parked,
    Subsidy: amountText(subsidy),
    'Platform fee': amountText(fee),
  });
}
