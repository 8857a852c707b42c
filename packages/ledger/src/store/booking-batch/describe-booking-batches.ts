import type { Queryable } from '@sluice/database';
import type { BookingTrigger } from '../../domain/booking-batch/booking-triggers.ts';
import type { BookingTaskState } from './booking-tasks.ts';
import type { RuleName } from './rule-lock.ts';

/** The tasks of one rule that stand alike. */
export interface BookingBatchCount extends RuleName {
  readonly state: BookingTaskState;
  /** Null while they gather. */
  readonly trigger: BookingTrigger | null;
  readonly tasks: number;
  readonly entries: number;
  /** Postings that the entries sum. */
  readonly transfers: number;
}

/** How many batches and entries there are, by rule, state and trigger. */
export async function countBookingBatches(q: Queryable): Promise<readonly BookingBatchCount[]> {
  return q.query<BookingBatchCount>(
    `select task.institution, task.rule, task.state, task.trigger,
       (count(distinct task.id))::int as tasks, (count(entry.key))::int as entries,
       (coalesce(sum(cardinality(entry.transfer_ids)), 0))::int as transfers
     from ledger.booking_task task
     left join ledger.booking_task_entry entry on entry.task_id = task.id
     group by task.institution, task.rule, task.state, task.trigger
     order by task.institution, task.rule, task.state, task.trigger`,
  );
}

/** Which batch carried a booking. */
export interface BookingTrace {
  readonly transferId: string;
  /** Of the entry that sums it. */
  readonly entry: string;
  /** Of the batch: its key at the accounting server. */
  readonly batch: string;
  readonly state: BookingTaskState;
  readonly receipt: string | null;
}

/**
 * From a redemption's or payout's id to the batches that carried its bookings. An audit's question,
 * so it goes through the entries on the same accounts rather than through an index that every
 * booking would have to keep.
 */
export async function traceBookings(
  q: Queryable,
  reference: string,
): Promise<readonly BookingTrace[]> {
  return q.query<BookingTrace>(
    `select transfer.id as "transferId", entry.key as entry, task.key as batch, task.state,
       task.receipt
     from ledger.transfer
     join ledger.account debit on debit.id = transfer.debit_account_id
     join ledger.account credit on credit.id = transfer.credit_account_id
     join ledger.booking_task_entry entry
       on entry.debit_account = debit.code and entry.credit_account = credit.code
       and transfer.id = any (entry.transfer_ids)
     join ledger.booking_task task on task.id = entry.task_id
     where transfer.reference = $1
     order by transfer.id`,
    [reference],
  );
}

/** Keys of the batches that are gathered or closed and that no clear answer was had for. */
export async function listUnsentBatches(q: Queryable): Promise<readonly string[]> {
  const rows = await q.query<{ key: string }>(
    `select key from ledger.booking_task where state in ('gathering', 'closed', 'sending')`,
  );
  return rows.map(({ key }) => key);
}
