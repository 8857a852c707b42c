import type { Money } from '@sluice/money';
import type { TransferStatus } from './transfer-status.ts';

/** What every transfer says, of whatever kind. */
interface TransferHeader {
  /** UUID from the caller, lower case: one id is one transfer, for ever. See `transferId`. */
  readonly id: string;
  /** What kind of business it is: `subsidy.coupon`. */
  readonly type: string;
  /** Business key that leads to its cause: a redemption's or a payout's id. */
  readonly reference: string;
  /** When it counts, ISO 8601 with zone; when it was recorded is the database's business. */
  readonly effectiveAt: string;
}

/**
 * Which side's limit may make the amount smaller: the debit account gives as much as is above its
 * floor, the credit account takes as much as is below its ceiling, at most the amount asked for.
 */
export type Balancing = 'debit' | 'credit' | 'both';

interface BetweenAccounts extends TransferHeader {
  /** Code of the account whose balance falls. */
  readonly debitAccount: string;
  /** Code of the account whose balance rises. */
  readonly creditAccount: string;
  /** Above zero, in the currency of both accounts. */
  readonly amount: Money;
  readonly balancing?: Balancing;
}

/** Moves money at once. */
export interface DirectTransfer extends BetweenAccounts {
  readonly kind: 'direct';
}

/** Reserves money on both sides until it is posted, voided or expired. Balances stay. */
export interface Hold extends BetweenAccounts {
  readonly kind: 'hold';
  /** How long it may stay open by the database's clock; null for as long as it takes. */
  readonly timeoutMs: number | null;
}

/** Moves what a hold reserved, whole or in part; the rest is free again. Once per hold. */
export interface PostHold extends TransferHeader {
  readonly kind: 'post-hold';
  readonly holdId: string;
  /** At most what is held; null for all of it. */
  readonly amount: Money | null;
}

/** Frees what a hold reserved. Once per hold. */
export interface VoidHold extends TransferHeader {
  readonly kind: 'void-hold';
  readonly holdId: string;
}

/** Moves money back the way it came. Any number per original, never more than it moved. */
export interface Reversal extends TransferHeader {
  readonly kind: 'reversal';
  /** A transfer that moved money: `direct` or `post-hold`. */
  readonly originalId: string;
  /** At most what was not reversed before; null for all that is left. */
  readonly amount: Money | null;
}

/** What a transfer's id stands for: the same id with another body is refused. */
export type TransferBody = DirectTransfer | Hold | PostHold | VoidHold | Reversal;

/** A transfer as part of a batch. */
export type Linkable<Body> = Body & {
  /** All or nothing with the next one; a chain ends at the first that is not linked. */
  readonly linked: boolean;
};

/** One transfer of a batch. */
export type Transfer = Linkable<TransferBody>;

/** Frees what a hold reserved because its time is over. The ledger posts it itself. */
export interface ExpireHold extends TransferHeader {
  readonly kind: 'expire-hold';
  readonly holdId: string;
}

/** All that can be in the ledger. */
export const transferKinds = [
  'direct',
  'hold',
  'post-hold',
  'void-hold',
  'expire-hold',
  'reversal',
] as const;

/** One of {@link transferKinds}. */
export type TransferKind = (typeof transferKinds)[number];

/** A transfer in the ledger. */
export interface PostedTransfer extends TransferHeader {
  readonly kind: TransferKind;
  readonly debitAccount: string;
  readonly creditAccount: string;
  /** What moved, what is held, or what was freed. */
  readonly amount: Money;
  /** What the request named, where it can be another amount; null for all there is. */
  readonly askedMinor: bigint | null;
  readonly balancing: Balancing | null;
  readonly timeoutMs: number | null;
  /** The hold that it resolves, or the transfer that it reverses. */
  readonly originalId: string | null;
  /** The debit account's balance right after it. */
  readonly debitBalanceMinor: bigint;
  /** The credit account's balance right after it. */
  readonly creditBalanceMinor: bigint;
  /** What holds reserve of the debit account's balance right after it. */
  readonly debitHeldMinor: bigint;
  /** What holds reserve below the credit account's ceiling right after it. */
  readonly creditHeldMinor: bigint;
}

/** What became of one transfer of a batch. Amount and balances are null when it is not posted. */
export interface TransferResult {
  readonly status: TransferStatus;
  /** What moved, is held, or was freed: less than was asked for when the transfer is balancing. */
  readonly amountMinor: bigint | null;
  /** The debit account's balance right after the transfer. */
  readonly debitBalanceMinor: bigint | null;
  /** The credit account's balance right after the transfer. */
  readonly creditBalanceMinor: bigint | null;
}

/** Links transfers to one chain: either all of them are posted or none. */
export function linkTransfers<Body extends TransferBody>(
  transfers: readonly Body[],
): readonly Linkable<Body>[] {
  const last = transfers.length - 1;
  return transfers.map((transfer, index) => ({ ...transfer, linked: index < last }));
}
