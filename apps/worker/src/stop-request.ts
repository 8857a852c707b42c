/** A request to end, by a signal. */
export interface StopRequest {
  readonly signal: AbortSignal;
  /** Takes the handlers away again. */
  forget(): void;
}

/** SIGTERM or SIGINT ask the worker to end in order; a second one, to end at once. */
export function onStopRequest(): StopRequest {
  const controller = new AbortController();
  const handler = (): void => {
    if (controller.signal.aborted) process.exit(1);
    controller.abort();
  };
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, handler);
  return {
    signal: controller.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, handler);
    },
  };
}
