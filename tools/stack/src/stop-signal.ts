/** Ctrl-C, a service manager's stop, a closed terminal. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const secondThoughtMs = 1_000;

/**
 * Calls `stop` on the first stop signal, and ends the process at once on a later one. Signals
 * within a second are one: Ctrl-C reaches a program both from the terminal and from npm.
 * Returns a function that takes the handlers away again.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): () => void {
  let firstAtMs: number | null = null;
  const handler = (signal: NodeJS.Signals): void => {
    const nowMs = performance.now();
    if (firstAtMs === null) {
      firstAtMs = nowMs;
      stop(signal);
    } else if (nowMs - firstAtMs > secondThoughtMs) {
      process.exit(130);
    }
  };
  for (const signal of stopSignals) process.on(signal, handler);
  return () => {
    for (const signal of stopSignals) process.off(signal, handler);
  };
}
