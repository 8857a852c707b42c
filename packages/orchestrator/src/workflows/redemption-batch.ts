import {
  continueAsNew,
  defineQuery,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatchProgress, ChunkSettled, RedemptionBatchInput } from '../contract.ts';
import { searchAttributes } from '../search-attributes.ts';
import { bulk } from './activity-proxies.ts';
import { failWith, isRefusal } from './refusals.ts';
import { addWire } from './wire-sums.ts';

/** How far the batch is. */
export const batchProgress = defineQuery<BatchProgress>('batchProgress');

/**
 * The bulk lane: settles the recorded redemptions of one batch in the order of their intake, one
 * SQL transaction per chunk. The cursor is all it remembers, so it can stop anywhere; a row that
 * the single lane paid already is answered by its receipt.
 */
export async function redemptionBatch(input: RedemptionBatchInput): Promise<BatchProgress> {
  let progress = input.progress ?? nothingYet;
  setHandler(batchProgress, () => progress, {
    description: 'rows settled so far, by outcome',
  });
  upsertSearchAttributes([
    { key: searchAttributes.poolId, value: input.poolId },
    { key: searchAttributes.batchId, value: input.batchId },
  ]);
  for (;;) {
    const { afterSequence } = progress;
    const chunk = await bulk.settleChunk.executeWithOptions(
      { summary: `${input.chunkSize} rows after ${afterSequence}` },
      [
        {
          poolId: input.poolId,
          batchId: input.batchId,
          afterSequence,
          limit: input.chunkSize,
        },
      ],
    );
    if (isRefusal(chunk)) failWith(chunk);
    progress = advance(progress, chunk);
    setCurrentDetails(describe(input, progress));
    if (chunk.rows < input.chunkSize) return progress;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof redemptionBatch>({ ...input, progress });
    }
  }
}

const nothingYet: BatchProgress = {
  afterSequence: '0',
  paid: 0,
  refused: 0,
  parked: 0,
  subsidy: null,
};

function advance(before: BatchProgress, chunk: ChunkSettled): BatchProgress {
  return {
    afterSequence: chunk.lastSequence,
    paid: before.paid + chunk.paid,
    refused: before.refused + chunk.refused,
    parked: before.parked + chunk.parked,
    subsidy:
      before.subsidy && chunk.subsidy
        ? addWire(before.subsidy, chunk.subsidy)
        : (chunk.subsidy ?? before.subsidy),
  };
}

function describe(input: RedemptionBatchInput, progress: BatchProgress): string {
  const done = progress.paid + progress.refused + progress.parked;
  return [
    `### Batch ${input.batchId} of pool ${input.poolId}`,
    '',
    `| Settled | Paid | Refused | Parked | Subsidy |`,
    `|---|---|---|---|---|`,
    `| ${done} of ${input.redemptions} | ${progress.paid} | ${progress.refused} | ${progress.parked} | ${progress.subsidy?.amount ?? '0'} ${progress.subsidy?.currency ?? ''} |`,
  ].join('\n');
}
