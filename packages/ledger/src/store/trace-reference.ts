import type { Queryable } from '@sluice/database';
import { isLabel } from '../domain/transfer-fault.ts';
import type { PostedTransfer } from '../domain/transfer.ts';
import { recordedAt, toPostedTransfer, transferColumns, type TransferRow } from './transfer-row.ts';

/** A transfer as it stands in the ledger. */
export interface RecordedTransfer extends PostedTransfer {
  /** When it was recorded, as an ISO 8601 instant in UTC. */
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
  const rows = await q.query<TransferRow>(
    `select ${transferColumns}
     from ledger.transfer
     join ledger.account debit on debit.id = transfer.debit_account_id
     join ledger.account credit on credit.id = transfer.credit_account_id
     where transfer.reference = $1
     order by transfer.recorded_ns, transfer.id`,
    [reference],
  );
  return rows.map((row) => ({ ...toPostedTransfer(row), recordedAt: recordedAt(row.recorded_ns) }));
}
