import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChunkSettled, RedemptionBatchInput } from '../contract.ts';
import { createWorkflowHarness, type WorkflowHarness } from '../testing/workflow-harness.ts';

let harness: WorkflowHarness;
beforeAll(async () => void (harness = await createWorkflowHarness()));
afterAll(() => harness.close());

const input: RedemptionBatchInput = {
  poolId: 'pool-1',
  batchId: 'batch-1',
  chunkSize: 2,
  redemptions: 5,
};

/** A store of `rows` redemptions numbered from 1, of which every third is refused. */
function settleFrom(
  rows: number,
): (chunk: { afterSequence: string; limit: number }) => ChunkSettled {
  return ({ afterSequence, limit }) => {
    const first = Number(afterSequence) + 1;
    const last = Math.min(rows, Number(afterSequence) + limit);
    const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
    const refused = numbers.filter((number) => number % 3 === 0).length;
    return {
      kind: 'settled',
      lastSequence: String(Math.max(last, Number(afterSequence))),
      rows: numbers.length,
      paid: numbers.length - refused,
      refused,
      parked: 0,
      subsidy: { amount: `${numbers.length - refused}.05`, currency: 'USD' },
    };
  };
}

test.each([
  [5, 3],
  [4, 3],
  [0, 1],
])('%s rows in chunks of two take %s chunks, and each row counts once', async (rows, chunks) => {
  const { outcome, log } = await harness.run({
    type: 'redemptionBatch',
    input,
    activities: { settleChunk: settleFrom(rows) },
  });
  expect(log).toHaveLength(chunks);
  const refused = Math.floor(rows / 3);
  expect(outcome).toMatchObject({
    kind: 'completed',
    result: { afterSequence: String(rows), paid: rows - refused, refused },
  });
});

test('amounts add up exactly over the chunks', async () => {
  const { outcome } = await harness.run({
    type: 'redemptionBatch',
    input,
    activities: { settleChunk: settleFrom(5) },
  });
  expect(outcome).toMatchObject({ result: { subsidy: { amount: '4.15', currency: 'USD' } } });
});

test('a continued run goes on behind the last settled row', async () => {
  const progress = {
    afterSequence: '4',
    paid: 3,
    refused: 1,
    parked: 0,
    subsidy: { amount: '3.10', currency: 'USD' },
  };
  const { outcome } = await harness.run({
    type: 'redemptionBatch',
    input: { ...input, progress },
    activities: { settleChunk: settleFrom(5) },
  });
  expect(outcome).toMatchObject({ result: { afterSequence: '5', paid: 4, refused: 1 } });
});

test('an unknown pool ends the batch with its refusal', async () => {
  const { outcome } = await harness.run({
    type: 'redemptionBatch',
    input,
    activities: {
      settleChunk: () => ({
        kind: 'refusal',
        code: 'POOL_UNKNOWN',
        message: 'no pool',
        details: {},
      }),
    },
  });
  expect(outcome).toMatchObject({ kind: 'failed', type: 'POOL_UNKNOWN' });
});
