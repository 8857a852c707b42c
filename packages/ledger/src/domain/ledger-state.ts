import type { AccountState } from './account.ts';
import type { TransferStatus } from './transfer-status.ts';
import type { PostedTransfer } from './transfer.ts';

/** What a batch is evaluated against. */
export interface LedgerState {
  /** By code: every account that the batch touches and that exists. */
  readonly accounts: ReadonlyMap<string, AccountState>;
  /** By id: every transfer that the batch repeats, resolves or reverses. */
  readonly transfers: ReadonlyMap<string, PostedTransfer>;
  /** By id: the refusals that are kept. */
  readonly refusals: ReadonlyMap<string, KeptRefusal>;
  /** By id: the state of every hold that the batch resolves. */
  readonly holds: ReadonlyMap<string, HoldState>;
  /** By id of the original: how much of it was reversed, in minor units. */
  readonly reversedMinor: ReadonlyMap<string, bigint>;
  /** The database's clock, in milliseconds since 1970: whether a hold's time is over. */
  readonly nowMs: number;
}

/** A refusal that the same request gets for ever. */
export interface KeptRefusal {
  readonly status: TransferStatus;
  /** What was refused: see `bodyText`. */
  readonly body: string;
}

/** What became of a hold. */
export interface HoldState {
  readonly amountMinor: bigint;
  /** Milliseconds since 1970; null when its time is never over. */
  readonly expiresAtMs: number | null;
  readonly resolution: 'post-hold' | 'void-hold' | 'expire-hold' | null;
}

/** A ledger in which nothing has happened yet, for tests and simulation. */
export const emptyState: LedgerState = {
  accounts: new Map(),
  transfers: new Map(),
  refusals: new Map(),
  holds: new Map(),
  reversedMinor: new Map(),
  nowMs: 0,
};
