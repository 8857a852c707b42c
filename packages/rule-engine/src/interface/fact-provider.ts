import type { Value } from '../language/value.ts';

/** What a run needs to know beside its facts; callers add what their providers read. */
export interface RunRequest {
  /** The business day, `YYYY-MM-DD`: rules switch by it, not by a clock. */
  readonly at: string;
}

/**
 * Gives one fact for a request, at once or later; undefined when there is none. It is called at
 * most once per run, and only when the answer depends on it. Throwing or rejecting makes the fact
 * unknown.
 */
export interface FactProvider<Request extends RunRequest = RunRequest> {
  (request: Request): Value | undefined | Promise<Value | undefined>;
}

/** A provider that is not free. */
export interface CostlyProvider<Request extends RunRequest = RunRequest> {
  readonly provide: FactProvider<Request>;
  /** What a call costs beside those of other facts, such as its usual milliseconds. */
  readonly cost: number;
  /** When to give up; the fact is then unknown, `FACT_TIMEOUT`. Needs a timer. */
  readonly timeoutMs?: number;
}

/** A provider per fact name; a fact without one is missing. A plain function costs nothing. */
export type FactProviders<Request extends RunRequest = RunRequest> = Readonly<
  Record<string, FactProvider<Request> | CostlyProvider<Request>>
>;

/** Calls back after a time; gives the way to call it off. Pure code has no clock of its own. */
export type Timer = (ms: number, callBack: () => void) => () => void;
