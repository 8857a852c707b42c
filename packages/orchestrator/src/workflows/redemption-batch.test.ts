import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatchProgress, ChunkSettled, RedemptionBatchInput } from '../contract.ts';
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
): (chunk: { limit: number; progress: BatchProgress }) => ChunkSettled {
  return ({ limit, progress }) => {
    const done = Number(progress.afterSequence);
    const last = Math.min(rows, done + limit);
    const numbers = Array.from({ length: last - done }, (_, i) => done + 1 + i);
    const refused = numbers.filter((number) => number % 3 === 0).length;
    return {
      kind: 'settled',
      rows: numbers.length,
      progress: {
        afterSequence: String(last),
        paid: progress.paid + numbers.length - refused,
        refused: progress.refused + refused,
        parked: 0,
        subsidy: { amount: `${last}.05`, currency: 'USD' },
      },
    };
  };
}

describe('redemptionBatch', () => {
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
    expect(log).toEqual(Array.from({ length: chunks }, () => 'activity settleChunk'));
    const refused = Math.floor(rows / 3);
    expect(outcome).toMatchObject({
      kind: 'completed',
      result: { afterSequence: String(rows), paid: rows - refused, refused },
    });
  });

  test('goes on as a new run when its history grows long, and loses no row', async () => {
    const first = await harness.run({
      type: 'redemptionBatch',
      input,
      continueAsNewFrom: 0,
      activities: { settleChunk: settleFrom(5) },
    });
    expect(first.log).toHaveLength(1);
    if (first.outcome.kind !== 'continued-as-new') throw new Error(first.outcome.kind);
    const { input: carried } = first.outcome;
    expect(carried).toMatchObject({ ...input, progress: { afterSequence: '2' } });
    const second = await harness.run({
      type: 'redemptionBatch',
      input: carried,
      activities: { settleChunk: settleFrom(5) },
    });
    expect(second.outcome).toMatchObject({ result: { afterSequence: '5', paid: 4, refused: 1 } });
  });

  test('is not continued after its last chunk', async () => {
    const { outcome } = await harness.run({
      type: 'redemptionBatch',
      input,
      continueAsNewFrom: 0,
      activities: { settleChunk: settleFrom(1) },
    });
    expect(outcome.kind).toBe('completed');
  });

  test('an unknown pool ends it with its refusal', async () => {
    const refusal = { kind: 'refusal', code: 'POOL_UNKNOWN', message: 'no pool', details: {} };
    const { outcome } = await harness.run({
      type: 'redemptionBatch',
      input,
      activities: { settleChunk: () => refusal },
    });
    expect(outcome).toMatchObject({ kind: 'failed', type: 'POOL_UNKNOWN' });
  });

  test.each([0, -1, 1.5, 10_001, Number.NaN])(
    'a chunk of %s rows is refused',
    async (chunkSize) => {
      const { outcome, log } = await harness.run({
        type: 'redemptionBatch',
        input: { ...input, chunkSize },
        activities: {},
      });
      expect(outcome).toMatchObject({ kind: 'failed', type: 'INPUT_INVALID' });
      expect(log).toEqual([]);
    },
  );

  test('a cancelled one stops before its next chunk', async () => {
    const { outcome, log } = await harness.run({
      type: 'redemptionBatch',
      input,
      cancelAt: 1,
      activities: { settleChunk: settleFrom(5) },
    });
    expect(outcome.kind).toBe('cancelled');
    expect(log).toEqual(['activity settleChunk']);
  });
});
