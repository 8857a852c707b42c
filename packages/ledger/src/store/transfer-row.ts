import type { Currency } from '@sluice/money';
import type { Balancing, PostedTransfer, TransferKind } from '../domain/transfer.ts';

/** A row of `ledger.transfer` with its accounts, as {@link transferColumns} select it. */
export interface TransferRow {
  readonly id: string;
  readonly kind: TransferKind;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly currency: Currency;
  readonly amount_minor: bigint;
  readonly asked_minor: bigint | null;
  readonly balancing: Balancing | null;
  readonly timeout_ms: bigint | null;
  readonly original_id: string | null;
  readonly type: string;
  readonly reference: string;
  readonly effective_at: Date;
  readonly recorded_ns: bigint;
  readonly debit_balance_minor: bigint;
  readonly credit_balance_minor: bigint;
  readonly debit_held_minor: bigint | null;
  readonly credit_held_minor: bigint | null;
}

/** For a select over `transfer` and its accounts `debit` and `credit`. */
export const transferColumns = `transfer.id, transfer.kind, debit.code as debit_account,
  credit.code as credit_account, debit.currency, transfer.amount_minor, transfer.asked_minor,
  transfer.balancing, transfer.timeout_ms, transfer.original_id, transfer.type,
  transfer.reference, transfer.effective_at, transfer.recorded_ns,
  transfer.debit_balance_minor, transfer.credit_balance_minor, transfer.debit_held_minor,
  transfer.credit_held_minor`;

/** The row as the transfer that was posted. */
export function toPostedTransfer(row: TransferRow): PostedTransfer {
  const namesAmount = row.kind === 'direct' || row.kind === 'hold';
  return {
    id: row.id,
    kind: row.kind,
    debitAccount: row.debit_account,
    creditAccount: row.credit_account,
    amount: { minor: row.amount_minor, currency: row.currency },
    askedMinor: row.asked_minor ?? (namesAmount ? row.amount_minor : null),
    balancing: row.balancing,
    timeoutMs: row.timeout_ms === null ? null : Number(row.timeout_ms),
    originalId: row.original_id,
    type: row.type,
    reference: row.reference,
    effectiveAt: row.effective_at.toISOString(),
    debitBalanceMinor: row.debit_balance_minor,
    creditBalanceMinor: row.credit_balance_minor,
    debitHeldMinor: row.debit_held_minor ?? 0n,
    creditHeldMinor: row.credit_held_minor ?? 0n,
  };
}

/** When a transfer was recorded, as an ISO 8601 instant in UTC, to the millisecond. */
export function recordedAt(recordedNs: bigint): string {
  return new Date(Number(recordedNs / 1_000_000n)).toISOString();
}
