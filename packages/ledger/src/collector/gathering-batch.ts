import type { Transfer } from '../domain/transfer.ts';

/**
 * Why a batch went to the ledger. The first three are the triggers of CN107563881A, claim 8: a
 * period has elapsed, the number of accounts or the number of entries has reached its threshold.
 */
export const collectorTriggers = ['age', 'accounts', 'entries', 'close'] as const;

/** One of {@link collectorTriggers}. */
export type CollectorTrigger = (typeof collectorTriggers)[number];

/** When a batch that gathers is due. */
export interface GatheringLimits {
  /**
   * Milliseconds since its first call. With 0 it waits for nothing but the batch before: measured
   * best for 1 caller and for 32.
   */
  readonly maxAgeMs: number;
  /** So many distinct accounts named in it. */
  readonly maxAccounts: number;
  /** So many transfers in it. */
  readonly maxTransfers: number;
}

/** Calls that go to the ledger together, each of them whole (CN107563881A, claim 7). */
export class GatheringBatch<Call extends { readonly transfers: readonly Transfer[] }> {
  readonly calls: Call[] = [];
  /** Resolves with the first trigger that holds. Calls may join until it is sent or full. */
  readonly due: Promise<CollectorTrigger>;
  readonly #limits: GatheringLimits;
  readonly #fire: (trigger: CollectorTrigger) => void;
  readonly #accounts = new Set<string>();
  #transfers = 0;
  #stopClock: () => void = () => undefined;
  #isFull = false;

  constructor(limits: GatheringLimits) {
    const { promise, resolve } = Promise.withResolvers<CollectorTrigger>();
    this.due = promise;
    this.#limits = limits;
    this.#fire = (trigger) => {
      this.#stopClock();
      resolve(trigger);
    };
    this.#startClock();
  }

  /** Full by one of the thresholds: what comes now belongs to the next batch. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Takes one more call; the one that reaches a threshold is still in. */
  add(call: Call): void {
    this.calls.push(call);
    this.#transfers += call.transfers.length;
    for (const transfer of call.transfers) {
      if (!('debitAccount' in transfer)) continue;
      this.#accounts.add(transfer.debitAccount).add(transfer.creditAccount);
    }
    const { maxAccounts, maxTransfers } = this.#limits;
    if (this.#accounts.size >= maxAccounts) this.#fill('accounts');
    else if (this.#transfers >= maxTransfers) this.#fill('entries');
  }

  /** Makes it due because the collector is being closed. */
  close(): void {
    this.#fire('close');
  }

  #fill(trigger: CollectorTrigger): void {
    this.#isFull = true;
    this.#fire(trigger);
  }

  /** At an age of 0 it still lets the calls in that are being made at this moment. */
  #startClock(): void {
    const { maxAgeMs } = this.#limits;
    if (maxAgeMs === 0) {
      const clock = setImmediate(() => this.#fire('age'));
      this.#stopClock = () => clearImmediate(clock);
    } else {
      const clock = setTimeout(() => this.#fire('age'), maxAgeMs);
      this.#stopClock = () => clearTimeout(clock);
    }
  }
}
