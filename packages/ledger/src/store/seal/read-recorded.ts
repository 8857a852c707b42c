import type { Queryable } from '@sluice/database';
import type { SealedTransfer } from '../../domain/seal/sealed-transfer.ts';

/** A part of everything recorded, in nanoseconds since 1970. */
export interface RecordedRange {
  readonly afterNs: bigint;
  /** Inclusive. */
  readonly throughNs: bigint;
}

/**
 * All transfers that were recorded in a range, with the account codes and the currency of today, in
 * the order in which they are sealed. An account that is not there leaves its name empty.
 */
export function readRecorded(
  q: Queryable,
  { afterNs, throughNs }: RecordedRange,
): Promise<readonly SealedTransfer[]> {
  return q.query<SealedTransfer>(
    `select transfer.id, transfer.recorded_ns as "recordedNs", transfer.kind::text as kind,
       coalesce(debit.code, '') as "debitAccount", coalesce(credit.code, '') as "creditAccount",
       coalesce(debit.currency, '') as currency, transfer.amount_minor as "amountMinor",
       transfer.asked_minor as "askedMinor", transfer.balancing,
       transfer.timeout_ms as "timeoutMs", transfer.original_id as "originalId",
       transfer.debit_balance_minor as "debitBalanceMinor",
       transfer.credit_balance_minor as "creditBalanceMinor",
       transfer.debit_held_minor as "debitHeldMinor",
       transfer.credit_held_minor as "creditHeldMinor",
       coalesce(
         to_char(transfer.effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
         ''
       ) || case when transfer.effective_at < '0001-01-01 00:00:00+00' then ' BC' else '' end
         as "effectiveAt",
       transfer.type, transfer.reference
     from ledger.transfer
     left join ledger.account debit on debit.id = transfer.debit_account_id
     left join ledger.account credit on credit.id = transfer.credit_account_id
     where transfer.recorded_ns > $1 and transfer.recorded_ns <= $2
     order by transfer.recorded_ns, transfer.id`,
    [afterNs, throughNs],
  );
}
