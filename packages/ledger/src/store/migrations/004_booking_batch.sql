-- Up Migration
create table ledger.booking_task (
  id bigint generated always as identity primary key,
  key uuid not null unique default gen_random_uuid(),
  institution text collate "C" not null,
  rule text collate "C" not null,
  state text collate "C" not null default 'gathering',
  period_ms bigint not null,
  max_accounts int,
  max_entries int,
  opened_at timestamptz not null default clock_timestamp(),
  trigger text collate "C",
  closed_at timestamptz,
  entry_count int,
  account_count int,
  attempts int not null default 0,
  answered_at timestamptz,
  receipt text,
  refusal_code text,
  refusal_message text,
  constraint booking_task_state
    check (state in ('gathering', 'closed', 'sending', 'sent', 'refused')),
  constraint booking_task_trigger check (trigger in ('period', 'accounts', 'entries')),
  constraint booking_task_settings
    check (period_ms > 0 and max_accounts > 0 and max_entries > 0),
  constraint booking_task_closed check (
    (state = 'gathering') =
      (num_nonnulls(trigger, closed_at, entry_count, account_count) = 0)
    and (num_nonnulls(trigger, closed_at, entry_count, account_count) in (0, 4))
  ),
  constraint booking_task_attempts check ((state in ('gathering', 'closed')) = (attempts = 0)),
  constraint booking_task_sent check ((state = 'sent') = (receipt is not null)),
  constraint booking_task_refused check ((state = 'refused') = (refusal_code is not null))
);

-- One task of each rule gathers at a time.
create unique index booking_task_gathering on ledger.booking_task (institution, rule)
  where state = 'gathering';
create index booking_task_rule on ledger.booking_task (institution, rule, state, id);

comment on table ledger.booking_task is
  'Gathers entries of one booking rule until a trigger holds, then goes to the accounting server.';
comment on column ledger.booking_task.key is 'Idempotency key of the batch at the server.';
comment on column ledger.booking_task.rule is 'Business type of the booking rule.';
comment on column ledger.booking_task.state is
  'gathering, closed (to be sent), sending (handed over, no clear answer yet), sent, refused.';
comment on column ledger.booking_task.period_ms is 'Trigger as it was set when it was opened.';
comment on column ledger.booking_task.max_accounts is 'Null: the accounts do not count.';
comment on column ledger.booking_task.max_entries is 'Null: the entries do not count.';
comment on column ledger.booking_task.opened_at is 'When its first entry came.';
comment on column ledger.booking_task.trigger is 'Which trigger closed it.';
comment on column ledger.booking_task.attempts is 'How often it was handed to the server.';
comment on column ledger.booking_task.receipt is 'What the server calls the batch in its books.';

-- No foreign key to the task: its check would lock the task's row for each entry. An entry and its
-- task come from one transaction that holds the rule's advisory lock, nobody may delete either, and
-- `checkBookingBatches` looks for strays.
create table ledger.booking_task_entry (
  key uuid primary key,
  task_id bigint not null,
  rule_set_id text collate "C" not null,
  rule_set_version int not null,
  debit_account text collate "C" not null,
  credit_account text collate "C" not null,
  amount_minor bigint not null,
  currency text not null,
  booked_on date not null,
  transfer_ids uuid[] not null,
  constraint booking_task_entry_amount check (amount_minor > 0),
  constraint booking_task_entry_accounts check (debit_account <> credit_account),
  constraint booking_task_entry_key check (transfer_ids[1] = key)
);
-- Ids are as good as random: trying to compress a long list of them is time for nothing.
alter table ledger.booking_task_entry alter column transfer_ids set storage external;
create index booking_task_entry_task on ledger.booking_task_entry (task_id, key);

comment on table ledger.booking_task_entry is
  'What is booked at the accounting server, summed by transaction. Never changed.';
comment on column ledger.booking_task_entry.key is 'Id of its first transfer.';
comment on column ledger.booking_task_entry.booked_on is 'Day in UTC on which it counts.';
comment on column ledger.booking_task_entry.transfer_ids is 'All transfers that it sums.';

grant select, insert on ledger.booking_task to sluice_app;
grant update (
  state, trigger, closed_at, entry_count, account_count, attempts, answered_at, receipt,
  refusal_code, refusal_message
) on ledger.booking_task to sluice_app;
grant select, insert on ledger.booking_task_entry to sluice_app;
