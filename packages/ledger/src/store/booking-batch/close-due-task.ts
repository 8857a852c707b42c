import type { Queryable, Tx } from '@sluice/database';
import {
  dueTrigger,
  type BookingTrigger,
  type Due,
  type TriggerSettings,
} from '../../domain/booking-batch/booking-triggers.ts';
import { lockForClosing, type RuleName } from './rule-lock.ts';

/** The task of a rule that gathers. */
export interface OpenTask {
  readonly entries: number;
  /** Distinct ones, on either side. */
  readonly accounts: number;
  readonly settings: TriggerSettings;
  readonly due: Due;
}

interface OpenRow {
  readonly id: bigint;
  readonly period_ms: bigint;
  readonly max_accounts: number | null;
  readonly max_entries: number | null;
  readonly age_ms: number;
  readonly entries: number;
  readonly accounts: number;
}

/** How the task of a rule that gathers stands; null when none does. */
export async function readOpenTask(q: Queryable, rule: RuleName): Promise<OpenTask | null> {
  const row = await readOpen(q, rule);
  return row === null ? null : openTaskOf(row);
}

/**
 * Closes the open task of a rule if one of its triggers holds, and records which: it is complete
 * then, and to be sent. One that no trigger is due for stays open.
 *
 * @returns the trigger; null when no task was due.
 */
export async function closeDueTask(tx: Tx, rule: RuleName): Promise<BookingTrigger | null> {
  const looked = await readOpenTask(tx, rule);
  // Counting costs nobody anything without the lock, and a trigger that holds goes on holding.
  if (looked?.due.kind !== 'due') return null;
  await lockForClosing(tx, rule);
  const row = await readOpen(tx, rule);
  if (row === null) return null;
  const { due, entries, accounts } = openTaskOf(row);
  if (due.kind !== 'due') return null;
  await tx.query(
    `update ledger.booking_task
     set state = 'closed', trigger = $2, closed_at = clock_timestamp(), entry_count = $3,
       account_count = $4
     where id = $1`,
    [row.id, due.trigger, entries, accounts],
  );
  return due.trigger;
}

async function readOpen(q: Queryable, { institution, rule }: RuleName): Promise<OpenRow | null> {
  const [row] = await q.query<OpenRow>(
    `select task.id, task.period_ms, task.max_accounts, task.max_entries,
       floor(1000 * extract(epoch from clock_timestamp() - task.opened_at))::float8 as age_ms,
       content.entries, content.accounts
     from ledger.booking_task task
     cross join lateral (
       select (count(*) / 2)::int as entries, (count(distinct code))::int as accounts
       from ledger.booking_task_entry entry
       cross join lateral (values (debit_account), (credit_account)) as account (code)
       where entry.task_id = task.id
     ) content
     where task.institution = $1 and task.rule = $2 and task.state = 'gathering'`,
    [institution, rule],
  );
  return row ?? null;
}

function openTaskOf(row: OpenRow): OpenTask {
  const settings = {
    periodMs: Number(row.period_ms),
    maxAccounts: row.max_accounts,
    maxEntries: row.max_entries,
  };
  const { entries, accounts, age_ms: ageMs } = row;
  return { entries, accounts, settings, due: dueTrigger(settings, { entries, accounts, ageMs }) };
}
