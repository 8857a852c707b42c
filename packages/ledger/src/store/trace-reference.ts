import type { Queryable } from '@sluice/database';
import type { Currency } from '@sluice/money';
import { isLabel } from '../domain/transfer-fault.ts';
import type { TransferBody } from '../domain/transfer.ts';

/** A transfer as it stands in the ledger. */
export interface RecordedTransfer extends TransferBody {
  readonly recordedAt: string;
}

/**
 * All transfers that name a business key, in the order they were posted: where the money of one
 * redemption or one payout went.
 */
export async function traceReference(
  q: Queryable,
  reference: string,
): Promise<readonly RecordedTransfer[]> {
  if (!isLabel(reference)) return [];
  const rows = await q.query<{
    id: string;
    debit_account: string;
    credit_account: string;
    currency: Currency;
    amount_minor: bigint;
    type: string;
    effective_at: Date;
    recorded_at: Date;
  }>(
    `select transfer.id, debit.code as debit_account, credit.code as credit_account,
       debit.currency, transfer.amount_minor, transfer.type, transfer.effective_at,
       transfer.recorded_at
     from ledger.transfer
     join ledger.account debit on debit.id = transfer.debit_account_id
     join ledger.account credit on credit.id = transfer.credit_account_id
     where transfer.reference = $1
     order by transfer.sequence`,
    [reference],
  );
  return rows.map((row) => ({
    id: row.id,
    debitAccount: row.debit_account,
    creditAccount: row.credit_account,
    amount: { minor: row.amount_minor, currency: row.currency },
    type: row.type,
    reference,
    effectiveAt: row.effective_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
  }));
}
