import type { Money } from '@sluice/money';
import type { TransferStatus } from './transfer-status.ts';

/** What a transfer's id stands for: the same id with another body is refused. */
export interface TransferBody {
  /** UUID from the caller, lower case: one id is one transfer, for ever. See `transferId`. */
  readonly id: string;
  /** Code of the account whose balance falls. */
  readonly debitAccount: string;
  /** Code of the account whose balance rises. */
  readonly creditAccount: string;
  /** Above zero, in the currency of both accounts. */
  readonly amount: Money;
  /** What kind of business it is: `subsidy.coupon`. */
  readonly type: string;
  /** Business key that leads to its cause: a redemption's or a payout's id. */
  readonly reference: string;
  /** When it counts, ISO 8601 with zone; when it was recorded is the database's business. */
  readonly effectiveAt: string;
}

/** One movement of money from one account to another. */
export interface Transfer extends TransferBody {
  /** All or nothing with the next one; a chain ends at the first that is not linked. */
  readonly linked: boolean;
}

/** A transfer in the ledger, with both balances right after it. */
export interface PostedTransfer {
  readonly transfer: TransferBody;
  readonly debitBalanceMinor: bigint;
  readonly creditBalanceMinor: bigint;
}

/** What became of one transfer of a batch. */
export interface TransferResult {
  readonly status: TransferStatus;
  /** The debit account's balance right after the transfer; null when it is not in the ledger. */
  readonly debitBalanceMinor: bigint | null;
  /** The credit account's balance right after the transfer; null when it is not in the ledger. */
  readonly creditBalanceMinor: bigint | null;
}

/** Links transfers to one chain: either all of them are posted or none. */
export function linkTransfers(transfers: readonly TransferBody[]): readonly Transfer[] {
  const last = transfers.length - 1;
  return transfers.map((transfer, index) => ({ ...transfer, linked: index < last }));
}
