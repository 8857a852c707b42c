import type { RuleName } from '@sluice/ledger';
import type { Logger } from 'pino';

/** Wakes the workflow that sends a rule's batches, and starts it when there is none. */
export type WakeBookings = (rule: RuleName) => Promise<unknown>;

/** Long enough for the transaction that gathered to be committed, and for many to be told once. */
const pauseMs = 2_000;
const retryMs = 10_000;

/**
 * Tells the workflows that there is something to look at: once in a while each, however much is
 * gathered. A hint that is lost costs time, never an entry, since the workflows look by themselves.
 */
export class BookingHints {
  readonly #wake: WakeBookings;
  readonly #log: Logger;
  readonly #waiting = new Set<string>();

  constructor(wake: WakeBookings, log: Logger) {
    this.#wake = wake;
    this.#log = log;
  }

  /** Has these rules looked at soon. */
  note(rules: readonly RuleName[]): void {
    for (const rule of rules) this.#later(rule, pauseMs);
  }

  #later(rule: RuleName, delayMs: number): void {
    const name = `${rule.institution}\n${rule.rule}`;
    if (this.#waiting.has(name)) return;
    this.#waiting.add(name);
    // A worker that is stopping does not wait for it: the next one begins with all of them.
    setTimeout(() => {
      this.#waiting.delete(name);
      this.#wake(rule).catch((error: unknown) => {
        this.#log.warn({ ...rule, err: error }, 'a hint to look at bookings was not delivered');
        this.#later(rule, retryMs);
      });
    }, delayMs).unref();
  }
}
