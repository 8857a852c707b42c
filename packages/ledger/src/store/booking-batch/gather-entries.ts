import type { Tx } from '@sluice/database';
import type { BookingEntry } from '../../domain/booking-batch/booking-entry.ts';
import type { BookingTriggers } from '../../domain/booking-batch/parse-booking-triggers.ts';
import { lockForGathering, lockName, type RuleName } from './rule-lock.ts';

/**
 * Puts entries into the open task of each booking rule (claim 7), in the transaction that posted
 * them: they are gathered if and only if they are booked. A rule without an open task gets one,
 * with its triggers as they are now; a rule without triggers is not gathered. Two round trips
 * whatever the size, four when a task is opened. Call it late: until the end of the transaction,
 * none of the tasks can be closed.
 *
 * @returns the rules whose tasks got entries.
 * @throws when one of the keys was gathered before: that is a fault of the caller.
 */
export async function gatherEntries(
  tx: Tx,
  triggers: BookingTriggers,
  entries: readonly BookingEntry[],
): Promise<readonly RuleName[]> {
  const gathered = entries.filter(
    ({ institution, rule }) => triggers.of(institution, rule) !== null,
  );
  const rules = distinctRules(gathered);
  if (rules.length === 0) return [];
  await lockForGathering(tx, rules);
  const open = await insertEntries(tx, gathered);
  const lacking = rules.filter((rule) => !open.has(lockName(rule)));
  if (lacking.length === 0) return rules;
  await openTasks(tx, triggers, lacking);
  const names = new Set(lacking.map(lockName));
  const late = gathered.filter((entry) => names.has(lockName(entry)));
  const opened = await insertEntries(tx, late);
  if (opened.size !== names.size) throw new Error('a task was opened and is not there');
  return rules;
}

function distinctRules(entries: readonly BookingEntry[]): readonly RuleName[] {
  const rules = new Map<string, RuleName>();
  for (const { institution, rule } of entries) {
    const name = { institution, rule };
    rules.set(lockName(name), name);
  }
  return [...rules.values()];
}

/** The tasks' own clock begins here: with the first entry. */
async function openTasks(
  tx: Tx,
  triggers: BookingTriggers,
  rules: readonly RuleName[],
): Promise<void> {
  const settings = rules.map(({ institution, rule }) => triggers.of(institution, rule));
  await tx.query(
    `insert into ledger.booking_task (institution, rule, period_ms, max_accounts, max_entries)
     select institution, rule, period_ms, max_accounts, max_entries
     from unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::int[])
       as fresh (institution, rule, period_ms, max_accounts, max_entries)
     order by institution, rule
     on conflict (institution, rule) where state = 'gathering' do nothing`,
    [
      rules.map(({ institution }) => institution),
      rules.map(({ rule }) => rule),
      settings.map((one) => one?.periodMs ?? null),
      settings.map((one) => one?.maxAccounts ?? null),
      settings.map((one) => one?.maxEntries ?? null),
    ],
  );
}

/** @returns the names of the rules whose open tasks took them; the others have none. */
async function insertEntries(
  tx: Tx,
  entries: readonly BookingEntry[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<RuleName>(insertSql, [
    `{${entries.map(({ key }) => key).join(',')}}`,
    entries.map(({ institution }) => institution),
    entries.map(({ rule }) => rule),
    entries.map(({ ruleSetId }) => ruleSetId),
    entries.map(({ ruleSetVersion }) => ruleSetVersion),
    entries.map(({ debitAccount }) => debitAccount),
    entries.map(({ creditAccount }) => creditAccount),
    entries.map(({ amount }) => amount.minor),
    entries.map(({ amount }) => amount.currency),
    `{${entries.map(({ bookedOn }) => bookedOn).join(',')}}`,
    entries.map(({ transferIds }) => `{${transferIds.join(',')}}`),
  ]);
  return new Set(rows.map(lockName));
}

/** Lists of different lengths cannot be unnested together: each comes as its own text. */
const insertSql = `
  with fresh as (
    select *
    from unnest(
      $1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[],
      $8::bigint[], $9::text[], $10::date[], $11::text[]
    ) as entry (
      key, institution, rule, rule_set_id, rule_set_version, debit_account, credit_account,
      amount_minor, currency, booked_on, transfer_ids
    )
  ), open as (
    select task.id, task.institution, task.rule
    from (select distinct institution, rule from fresh) wanted
    join ledger.booking_task task
      on task.institution = wanted.institution and task.rule = wanted.rule
      and task.state = 'gathering'
  ), put_in as (
    insert into ledger.booking_task_entry (
      key, task_id, rule_set_id, rule_set_version, debit_account, credit_account, amount_minor,
      currency, booked_on, transfer_ids
    )
    select key, open.id, rule_set_id, rule_set_version, debit_account, credit_account,
      amount_minor, currency, booked_on, transfer_ids::uuid[]
    from fresh
    join open using (institution, rule)
  )
  select institution, rule from open`;
