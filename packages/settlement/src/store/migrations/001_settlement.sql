-- Up Migration
create table settlement.main_account (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  threshold_minor bigint not null check (threshold_minor > 0),
  preset_share_bps integer not null check (preset_share_bps between 0 and 10000),
  boundary text not null check (boundary in ('below', 'at-or-below')),
  wait_ms integer not null check (wait_ms between 1 and 600000),
  when_insufficient text not null check (when_insufficient in ('drain', 'refuse')),
  state text not null default 'normal'
    check (state in ('normal', 'redistributing', 'insufficient')),
  generation integer not null default 1 check (generation >= 1),
  size integer not null check (size between 1 and 1024),
  epoch integer not null default 1 check (epoch >= generation),
  opened_at timestamptz not null default now(),
  check (boundary = 'below' or preset_share_bps < 10000)
);

comment on table settlement.main_account is 'A hot paying account that is split into sub-accounts.';
comment on column settlement.main_account.threshold_minor is
  'Threshold 1: a sub-account with at least this much is healthy.';
comment on column settlement.main_account.preset_share_bps is
  'Redistribute when the share of healthy sub-accounts is below this, in basis points.';
comment on column settlement.main_account.boundary is
  'Whether a share that equals the preset value redistributes.';
comment on column settlement.main_account.wait_ms is
  'How long a task waits while the account is redistributing.';
comment on column settlement.main_account.when_insufficient is
  'Total below threshold 1: pay what it covers, or refuse.';
comment on column settlement.main_account.state is
  'redistributing is decided here and holds tasks back. insufficient is what the balances said '
  'when they were last read; no decision rests on it.';
comment on column settlement.main_account.generation is
  'The active generation: tasks are routed to its sub-accounts.';
comment on column settlement.main_account.size is
  'Number of sub-accounts of the active generation.';
comment on column settlement.main_account.epoch is
  'Goes up when a redistribution begins: what was routed under an older one is late.';

create table settlement.task_counter (
  main_account_id text primary key references settlement.main_account (id),
  next_sequence bigint not null default 0 check (next_sequence >= 0)
);

comment on table settlement.task_counter is
  'The next task number (sequence 2) of each main account. Apart from main_account, so that '
  'numbering and routing never wait for one another.';

create table settlement.sub_account (
  code text primary key,
  main_account_id text not null references settlement.main_account (id),
  generation integer not null check (generation >= 1),
  number integer not null check (number >= 0),
  unique (main_account_id, generation, number),
  check (code = 'settlement/' || main_account_id || '/' || generation || '/' || number)
);

comment on table settlement.sub_account is
  'Sub-accounts of all generations. Their money is in the ledger, under the same code.';
comment on column settlement.sub_account.number is 'Place in sequence 1, from 0.';

create table settlement.task (
  task_key text primary key check (task_key <> ''),
  -- The counter, not the main account: numbering must not wait for a redistribution.
  main_account_id text not null references settlement.task_counter (main_account_id),
  sequence bigint not null check (sequence >= 0),
  numbered_at timestamptz not null default now(),
  unique (main_account_id, sequence)
);

comment on table settlement.task is
  'Settlement tasks and their numbers: stored, so that a retry keeps its number.';
comment on column settlement.task.task_key is
  'Business key of what is paid, such as a payout attempt.';
comment on column settlement.task.sequence is 'Number in sequence 2, from 0.';

create table settlement.route (
  task_key text primary key references settlement.task (task_key),
  generation integer not null check (generation >= 1),
  epoch integer not null check (epoch >= generation),
  amount_minor bigint not null check (amount_minor > 0),
  routed_at timestamptz not null default now()
);

comment on table settlement.route is
  'Where a task was settled: at most one route per task, for ever.';

create table settlement.route_part (
  task_key text not null references settlement.route (task_key),
  place integer not null check (place >= 0),
  account text not null references settlement.sub_account (code),
  amount_minor bigint not null check (amount_minor > 0),
  primary key (task_key, place),
  unique (task_key, account)
);

create index on settlement.route_part (account);

comment on table settlement.route_part is
  'What each sub-account paid of a task: one row, several for a sweep.';
comment on column settlement.route_part.place is 'Order in the sweep, from 0.';

create table settlement.redistribution (
  main_account_id text not null references settlement.main_account (id),
  from_generation integer not null check (from_generation >= 1),
  from_size integer not null,
  to_size integer not null check (to_size >= 1),
  total_before_minor bigint not null check (total_before_minor >= 0),
  total_after_minor bigint,
  begun_at timestamptz not null default now(),
  completed_at timestamptz,
  primary key (main_account_id, from_generation),
  check (to_size < from_size),
  check (total_after_minor = total_before_minor),
  check ((total_after_minor is null) = (completed_at is null))
);

create unique index redistribution_open on settlement.redistribution (main_account_id)
where completed_at is null;

comment on table settlement.redistribution is
  'Each redistribution, to the generation after from_generation. At most one is open per main '
  'account.';
comment on column settlement.redistribution.total_before_minor is
  'What the old generation held when it began.';
comment on column settlement.redistribution.total_after_minor is
  'What the new generation held when it was complete: the same.';

grant usage on schema settlement to sluice_app;
grant select, insert on
  settlement.main_account,
  settlement.task_counter,
  settlement.sub_account,
  settlement.task,
  settlement.route,
  settlement.route_part,
  settlement.redistribution
to sluice_app;
grant update (state, generation, size, epoch) on settlement.main_account to sluice_app;
grant update (next_sequence) on settlement.task_counter to sluice_app;
grant update (total_after_minor, completed_at) on settlement.redistribution to sluice_app;
