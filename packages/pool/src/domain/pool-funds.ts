import type { FundingSource } from './funding-source.ts';

/**
 * The intermediary account's authority to call one source's money (claim 3), and how much of it
 * was used.
 */
export interface MandateFunds {
  readonly source: FundingSource;
  /** The most that this pool may call from the source, in minor units. */
  readonly limitMinor: bigint;
  readonly drawnMinor: bigint;
}

/** A pool's money at one moment: all that a draw depends on. */
export interface PoolFunds {
  readonly poolId: string;
  readonly currency: string;
  readonly state: 'open' | 'closed';
  /** Code of the ledger account that the money passes through. */
  readonly intermediaryAccount: string;
  readonly sizeMinor: bigint;
  readonly drawnMinor: bigint;
  readonly mandates: readonly MandateFunds[];
}
