import { setTimeout as delay } from 'node:timers/promises';
import type { Closing } from './closing.ts';

/** What this process relied on, and another one ran, is not there any more. */
export class GoneError extends Error {
  override readonly name = 'GoneError';
  readonly code = 'SERVERS_STOPPED';
}

const lookEveryMs = 1_000;
/** A machine under load may miss one look. */
const missesBeforeGone = 2;

/** Looks again and again until something is gone; ends, unsettled, with what is closed. */
export function watchFor(
  closing: Closing,
  { isThere, gone }: { readonly isThere: () => Promise<boolean>; readonly gone: GoneError },
): Promise<GoneError> {
  const ended = new AbortController();
  closing.add(() => Promise.resolve(ended.abort()));
  const lost = Promise.withResolvers<GoneError>();
  const look = async (): Promise<void> => {
    for (let misses = 0; misses < missesBeforeGone;) {
      await delay(lookEveryMs, undefined, { signal: ended.signal, ref: false });
      misses = (await isThere()) ? 0 : misses + 1;
    }
    lost.resolve(gone);
  };
  // It is rejected by the end of the watch alone; a look that fails says that nothing is there.
  look().catch(() => {
    if (!ended.signal.aborted) lost.resolve(gone);
  });
  return lost.promise;
}
