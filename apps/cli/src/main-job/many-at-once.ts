/** A call to the Temporal server waits far longer than it works. */
const callsAtOnce = 16;

/** Does something for each item, several at a time, until the signal is aborted. */
export async function manyAtOnce<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const rest = items.values();
  const workThrough = async (): Promise<void> => {
    for (const item of rest) {
      signal.throwIfAborted();
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, workThrough));
}
