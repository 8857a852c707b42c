import { setTimeout as delay } from 'node:timers/promises';
import type { BatchProgress, SluiceClient } from '@sluice/orchestrator';
import { unlessAborted } from '../session/pause.ts';
import { counted } from '../terminal/figures.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Rows of one SQL transaction in the bulk lane. */
export const chunkSize = 1_000;
const lookEveryMs = 300;

/** A recorded batch, and when to stop waiting for it. */
export interface ReplayRequest {
  readonly sluice: SluiceClient;
  readonly terminal: Terminal;
  readonly poolId: string;
  readonly batchId: string;
  /** How many rows it has; for the progress only. */
  readonly redemptions: number;
  readonly signal: AbortSignal;
}

/** Sends a recorded batch through the bulk lane and waits for its end. */
export function replayBatch(request: ReplayRequest): Promise<BatchProgress> {
  const { sluice, terminal, poolId, batchId, redemptions, signal } = request;
  return terminal.step(
    {
      doing: 'bulk lane',
      total: redemptions,
      done: (progress) => counted(doneIn(progress), 'redemption'),
    },
    async ({ set }) => {
      const handle = await sluice.batch({ poolId, batchId, redemptions, chunkSize });
      const ended = new AbortController();
      const watching = (async () => {
        while (!ended.signal.aborted) {
          // A worker that is just starting again does not answer; the next look will tell.
          const seen = await handle.query<BatchProgress, []>('batchProgress').catch(() => null);
          if (seen !== null) set(doneIn(seen));
          await delay(lookEveryMs, undefined, { signal: ended.signal }).catch(() => undefined);
        }
      })();
      try {
        return await unlessAborted(handle.result(), signal);
      } finally {
        ended.abort();
        if (!signal.aborted) await watching;
      }
    },
  );
}

function doneIn({ paid, refused, parked }: BatchProgress): number {
  return paid + refused + parked;
}
