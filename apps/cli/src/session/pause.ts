import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits, unless it is told to stop.
 *
 * @throws the signal's reason, at once when it is aborted.
 */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** What `work` gives, unless the signal is aborted first: then its reason is thrown. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // How it ends when nobody waits for it any more does not matter.
    work.catch(() => undefined);
  }
}

/** What `work` gives, or `late` when it has given nothing after so long. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  const timer = new AbortController();
  try {
    return await Promise.race([work, delay(ms, 'late' as const, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
