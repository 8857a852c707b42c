import type { Queryable, Tx } from '@sluice/database';
import { money, parseCurrency, expectAnswer, refuse, type Refusal } from '@sluice/money';
import type { BookingEntry } from '../../domain/booking-batch/booking-entry.ts';
import type { BookingTrigger } from '../../domain/booking-batch/booking-triggers.ts';
import type { RuleName } from './rule-lock.ts';

/** Where a task is: `sending` was handed to the server, which has not answered clearly yet. */
export type BookingTaskState = 'gathering' | 'closed' | 'sending' | 'sent' | 'refused';

/** A closed task: one batch for the accounting server. */
export interface BookingTask extends RuleName {
  /** Idempotency key of the batch, a UUID. */
  readonly key: string;
  readonly state: Exclude<BookingTaskState, 'gathering'>;
  readonly trigger: BookingTrigger;
  /** How many entries it has. */
  readonly entries: number;
  /** How many distinct accounts. */
  readonly accounts: number;
  /** How often it was handed to the server. */
  readonly attempts: number;
  /** What the server calls it; null until it is sent. */
  readonly receipt: string | null;
  /** Why the server will not have it; null unless it was refused. */
  readonly refusal: { readonly code: string; readonly message: string } | null;
}

interface TaskRow {
  readonly key: string;
  readonly institution: string;
  readonly rule: string;
  readonly state: BookingTask['state'];
  readonly trigger: BookingTrigger;
  readonly entry_count: number;
  readonly account_count: number;
  readonly attempts: number;
  readonly receipt: string | null;
  readonly refusal_code: string | null;
  readonly refusal_message: string | null;
}

const columns = `key, institution, rule, state, trigger, entry_count, account_count, attempts,
  receipt, refusal_code, refusal_message`;

/** A closed task; or `BOOKING_TASK_UNKNOWN`. */
export async function readBookingTask(q: Queryable, key: string): Promise<BookingTask | Refusal> {
  const [row] = await q.query<TaskRow>(
    `select ${columns} from ledger.booking_task
     where key = $1::uuid and state <> 'gathering'`,
    [key],
  );
  return row === undefined ? taskUnknown(key) : taskOf(row);
}

/** The tasks of a rule, or of all of them, that stand so; the oldest first. */
export async function listBookingTasks(
  q: Queryable,
  wanted: {
    readonly state: BookingTask['state'];
    readonly limit: number;
    readonly rule?: RuleName;
  },
): Promise<readonly BookingTask[]> {
  const { state, limit, rule } = wanted;
  const rows = await q.query<TaskRow>(
    `select ${columns} from ledger.booking_task
     where state = $1 and ($2::text is null or (institution, rule) = ($2, $3))
     order by id
     limit $4`,
    [state, rule?.institution ?? null, rule?.rule ?? null, limit],
  );
  return rows.map(taskOf);
}

/** The entries of a task, always in the same order: the server compares what it gets twice. */
export async function readTaskEntries(
  q: Queryable,
  { key, institution, rule }: Pick<BookingTask, 'key' | 'institution' | 'rule'>,
): Promise<readonly BookingEntry[]> {
  const rows = await q.query<{
    key: string;
    rule_set_id: string;
    rule_set_version: number;
    debit_account: string;
    credit_account: string;
    amount_minor: bigint;
    currency: string;
    booked_on: string;
    transfer_ids: readonly string[];
  }>(
    `select entry.key, rule_set_id, rule_set_version, debit_account, credit_account, amount_minor,
       currency, booked_on, transfer_ids::text[]
     from ledger.booking_task task
     join ledger.booking_task_entry entry on entry.task_id = task.id
     where task.key = $1::uuid
     order by entry.key`,
    [key],
  );
  return rows.map((row) => ({
    key: row.key,
    ...{ institution, rule },
    ...{ ruleSetId: row.rule_set_id, ruleSetVersion: row.rule_set_version },
    ...{ debitAccount: row.debit_account, creditAccount: row.credit_account },
    amount: money(row.amount_minor, expectAnswer(parseCurrency(row.currency))),
    ...{ bookedOn: row.booked_on, transferIds: row.transfer_ids },
  }));
}

/** What of a rule is not sent, and which task is to be sent next. */
export interface RuleProgress {
  /** Closed or sending. */
  readonly unsent: number;
  readonly refused: number;
  /** Key of the oldest that is closed or sending. */
  readonly next: string | null;
}

/** What of a rule is closed and not sent. What is sent only grows, and is not looked at. */
export async function readRuleProgress(q: Queryable, name: RuleName): Promise<RuleProgress> {
  const [row] = await q.query<{
    unsent: number;
    refused: number;
    next: string | null;
  }>(
    `select
       (count(*) filter (where state in ('closed', 'sending')))::int as unsent,
       (count(*) filter (where state = 'refused'))::int as refused,
       (array_agg(key order by id) filter (where state in ('closed', 'sending')))[1] as next
     from ledger.booking_task
     where institution = $1 and rule = $2 and state in ('closed', 'sending', 'refused')`,
    [name.institution, name.rule],
  );
  return row ?? { unsent: 0, refused: 0, next: null };
}

/**
 * Notes that a task is about to be handed to the server, before it is: from now on its outcome is
 * not known until the server says it. One that is sent or refused stays as it is.
 *
 * @returns the task as it stood before; or `BOOKING_TASK_UNKNOWN`.
 */
export async function beginSending(tx: Tx, key: string): Promise<BookingTask | Refusal> {
  const [row] = await tx.query<TaskRow>(
    `select ${columns} from ledger.booking_task
     where key = $1::uuid and state <> 'gathering' for update`,
    [key],
  );
  if (row === undefined) return taskUnknown(key);
  if (row.state === 'closed' || row.state === 'sending') {
    await tx.query(
      `update ledger.booking_task set state = 'sending', attempts = attempts + 1
       where key = $1::uuid`,
      [key],
    );
  }
  return taskOf(row);
}

/**
 * Records the server's clear answer to a task that was handed to it. The first one stands: a
 * repeat, or what a late attempt brings, changes nothing.
 */
export async function recordServerAnswer(
  tx: Tx,
  key: string,
  answer:
    | { readonly kind: 'accepted'; readonly receipt: string }
    | { readonly kind: 'refused'; readonly code: string; readonly message: string },
): Promise<void> {
  const accepted = answer.kind === 'accepted';
  await tx.query(
    `update ledger.booking_task
     set state = $2, answered_at = clock_timestamp(), receipt = $3, refusal_code = $4,
       refusal_message = $5
     where key = $1::uuid and state = 'sending'`,
    [
      key,
      accepted ? 'sent' : 'refused',
      accepted ? answer.receipt : null,
      accepted ? null : answer.code,
      accepted ? null : answer.message,
    ],
  );
}

/**
 * Takes up the refused tasks of a rule again, because an operator has cleared the reason. Each is
 * asked about before it is handed over, under the same key.
 *
 * @returns how many there were.
 */
export async function sendRefusedAgain(tx: Tx, name: RuleName): Promise<number> {
  const rows = await tx.query<object>(
    `update ledger.booking_task
     set state = 'sending', answered_at = null, refusal_code = null, refusal_message = null
     where institution = $1 and rule = $2 and state = 'refused'
     returning key`,
    [name.institution, name.rule],
  );
  return rows.length;
}

function taskOf(row: TaskRow): BookingTask {
  const { key, institution, rule, state, trigger, attempts, receipt } = row;
  const { entry_count: entries, account_count: accounts } = row;
  const { refusal_code: code, refusal_message: message } = row;
  const refusal = code === null ? null : { code, message: message ?? '' };
  return {
    ...{ key, institution, rule, state, trigger, entries, accounts, attempts, receipt, refusal },
  };
}

function taskUnknown(key: string): Refusal {
  return refuse('BOOKING_TASK_UNKNOWN', `there is no closed booking task ${key}`, { key });
}
