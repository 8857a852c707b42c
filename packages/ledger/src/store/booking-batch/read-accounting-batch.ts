import type { Queryable } from '@sluice/database';
import { expectAnswer, money, parseCurrency, toWire } from '@sluice/money';
import type { AccountingBatch } from '../../accounting/accounting-server.ts';
import type { BookingTask } from './booking-tasks.ts';

/**
 * A task as it is sent, always the same: the server compares what it gets twice. How many transfers
 * an entry sums is counted by the database, which keeps a batch of thousands of ids out of here.
 */
export async function readAccountingBatch(
  q: Queryable,
  { key, institution, rule }: Pick<BookingTask, 'key' | 'institution' | 'rule'>,
): Promise<AccountingBatch> {
  const rows = await q.query<{
    key: string;
    rule_set_id: string;
    rule_set_version: number;
    debit_account: string;
    credit_account: string;
    amount_minor: bigint;
    currency: string;
    booked_on: string;
    transfers: number;
  }>(
    `select entry.key, rule_set_id, rule_set_version, debit_account, credit_account, amount_minor,
       currency, booked_on, cardinality(transfer_ids) as transfers
     from ledger.booking_task task
     join ledger.booking_task_entry entry on entry.task_id = task.id
     where task.key = $1::uuid
     order by entry.key`,
    [key],
  );
  const entries = rows.map((row) => ({
    ...{ key: row.key, debit: row.debit_account, credit: row.credit_account },
    amount: toWire(money(row.amount_minor, expectAnswer(parseCurrency(row.currency)))),
    ...{ bookedOn: row.booked_on, ruleSet: row.rule_set_id },
    ...{ ruleSetVersion: row.rule_set_version, transfers: row.transfers },
  }));
  return { institution, rule, entries };
}
