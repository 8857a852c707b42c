import type { Invariant, Queryable } from '@sluice/database';

/** How long after it is due a batch may be on its way before that is told. */
const defaultMarginMs = 60_000;

const maxTold = 20;

/** Each entry is in one task, and what a closed task says of itself is so. */
const tasksAndEntries = `
  with content as (
    select task_id, count(*) / 2 as entries, count(distinct code) as accounts
    from ledger.booking_task_entry entry
    cross join lateral (values (debit_account), (credit_account)) as account (code)
    group by task_id
  )
  select format('entries are in task %s, which does not exist', content.task_id) as line
  from content
  where not exists (select from ledger.booking_task task where task.id = content.task_id)
  union all
  select format('task %s of %s says it has %s entries on %s accounts, and has %s on %s',
    task.key, task.rule, task.entry_count, task.account_count, coalesce(content.entries, 0),
    coalesce(content.accounts, 0))
  from ledger.booking_task task
  left join content on content.task_id = task.id
  where task.state <> 'gathering'
    and (task.entry_count is distinct from content.entries
      or task.account_count is distinct from content.accounts)
  union all
  select format('task %s of %s was closed by its %s, which was not due', key, rule, trigger)
  from ledger.booking_task
  where not coalesce(case trigger
    when 'period' then closed_at >= opened_at + period_ms * interval '1 ms'
    when 'accounts' then account_count >= max_accounts
    when 'entries' then entry_count >= max_entries
    else true
  end, false)`;

/** Each gathered transfer is in the ledger, as its entry says, and in no other entry. */
const entriesAndTransfers = `
  with gathered as (
    select entry.key, entry.amount_minor, task.rule, entry.debit_account, entry.credit_account,
      unnest(entry.transfer_ids) as transfer_id
    from ledger.booking_task_entry entry
    join ledger.booking_task task on task.id = entry.task_id
  ), held as (
    select gathered.key, gathered.amount_minor, gathered.transfer_id,
      transfer.amount_minor as moved_minor,
      coalesce(transfer.type = gathered.rule and debit.code = gathered.debit_account
        and credit.code = gathered.credit_account, false) as fits
    from gathered
    left join ledger.transfer on transfer.id = gathered.transfer_id
    left join ledger.account debit on debit.id = transfer.debit_account_id
    left join ledger.account credit on credit.id = transfer.credit_account_id
  )
  select format('entry %s has the transfer %s, which the ledger does not have so', key, transfer_id)
    as line
  from held
  where not fits
  union all
  select format('transfer %s is in %s entries', transfer_id, count(*))
  from held
  group by transfer_id
  having count(*) > 1
  union all
  select format('entry %s is of %s, its transfers moved %s', key, amount_minor, sum(moved_minor))
  from held
  group by key, amount_minor
  having sum(moved_minor) is distinct from amount_minor`;

/** Since a rule's bookings are gathered, all of them are. */
const ungathered = `
  with since as (
    select rule, (extract(epoch from min(opened_at)) * 1000000)::bigint * 1000 as recorded_ns
    from ledger.booking_task
    group by rule
  ), gathered as (
    select unnest(transfer_ids) as id from ledger.booking_task_entry
  )
  select format('transfer %s of %s for %s is booked, and in no entry', transfer.id, transfer.type,
    transfer.reference) as line
  from since
  join ledger.transfer on transfer.type = since.rule
    and transfer.recorded_ns > since.recorded_ns + 1000
    and transfer.kind in ('direct', 'post-hold', 'reversal')
  where not exists (select from gathered where gathered.id = transfer.id)`;

/** Nothing waits that is due, and nothing is parked that nobody looks at. */
const unsentTasks = `
  select format('task %s of %s gathers since %s, and was due %s ms later', key, rule, opened_at,
    period_ms) as line
  from ledger.booking_task
  where state = 'gathering'
    and opened_at + period_ms * interval '1 ms' < clock_timestamp() - $1 * interval '1 ms'
  union all
  select format('task %s of %s was closed at %s and is not sent after %s attempt(s)', key, rule,
    closed_at, attempts)
  from ledger.booking_task
  where state in ('closed', 'sending')
    and closed_at < clock_timestamp() - $1 * interval '1 ms'
  union all
  select format('task %s of %s was refused by the accounting server: %s: %s', key, rule,
    refusal_code, refusal_message)
  from ledger.booking_task
  where state = 'refused'`;

/**
 * I11 on the sender's side: every booking since its rule is gathered is in exactly one entry, every
 * entry in exactly one task, and sums its transfers exactly; every closed task was due; and
 * nothing is unsent longer than its period and a margin. A refused task is told, with its reason.
 */
export async function checkBookingBatches(
  q: Queryable,
  { marginMs = defaultMarginMs }: { readonly marginMs?: number } = {},
): Promise<Invariant> {
  const [counted] = await q.query<{ n: bigint }>(
    'select count(*) as n from ledger.booking_task_entry',
  );
  const violations: string[] = [];
  const checks: readonly (readonly [string, readonly unknown[]])[] = [
    [tasksAndEntries, []],
    [entriesAndTransfers, []],
    [ungathered, []],
    [unsentTasks, [marginMs]],
  ];
  for (const [sql, values] of checks) {
    const broken = `with broken as materialized (${sql}) select line from broken limit ${maxTold}`;
    const rows = await q.query<{ line: string }>(broken, values);
    violations.push(...rows.map(({ line }) => line));
  }
  return {
    id: 'I11',
    title: 'every booking entry is in one batch, which is sent when a trigger holds',
    checked: Number(counted?.n ?? 0n),
    violations: violations.slice(0, maxTold),
  };
}
