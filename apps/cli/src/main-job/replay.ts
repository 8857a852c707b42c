import { setTimeout as delay } from 'node:timers/promises';
import type { SluiceClient, BatchProgress } from '@sluice/orchestrator';
import type { Terminal } from '../terminal.ts';

/** Rows of one SQL transaction in the bulk lane. */
export const chunkSize = 1_000;
const lookEveryMs = 300;

/** Sends a recorded batch through the bulk lane, with a bar, and waits for its end. */
export async function replayBatch(
  sluice: SluiceClient,
  terminal: Terminal,
  batch: { readonly poolId: string; readonly batchId: string; readonly redemptions: number },
): Promise<BatchProgress> {
  const handle = await sluice.batch({ ...batch, chunkSize });
  const bar = terminal.bar('bulk lane', batch.redemptions);
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      const seen = await handle.query<BatchProgress, []>('batchProgress').catch(() => null);
      if (seen !== null) bar.set(seen.paid + seen.refused + seen.parked);
      await delay(lookEveryMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  try {
    const progress = await handle.result();
    const done = progress.paid + progress.refused + progress.parked;
    bar.done(`${done.toLocaleString('en')} redemptions`);
    return progress;
  } finally {
    ended.abort();
    await watching;
  }
}
