-- Up Migration

-- Two phases: what open holds reserve counts against the limits.
alter table ledger.account
  add column held_debit_minor bigint not null default 0,
  add column held_credit_minor bigint not null default 0,
  add column last_recorded_ns bigint not null default 0,
  add column closed_at timestamptz,
  add column metadata jsonb not null default '{}',
  drop constraint account_floor,
  drop constraint account_ceiling,
  add constraint account_floor check (balance_minor - held_debit_minor >= floor_minor),
  add constraint account_ceiling check (balance_minor + held_credit_minor <= ceiling_minor),
  add constraint account_held check (held_debit_minor >= 0 and held_credit_minor >= 0),
  add constraint account_metadata check (jsonb_typeof(metadata) = 'object');

-- Who looks for accounts by what they are. No changing column is indexed: see the table.
create index account_metadata_index on ledger.account using gin (metadata jsonb_path_ops)
  where metadata <> '{}';

comment on column ledger.account.held_debit_minor is 'Reserved by open holds of its balance.';
comment on column ledger.account.held_credit_minor is 'Reserved by open holds below its ceiling.';
comment on column ledger.account.last_recorded_ns is 'No transfer on it was recorded later.';
comment on column ledger.account.closed_at is 'Null while it is open.';
comment on column ledger.account.metadata is 'What its owner says about it: names and texts.';

create table ledger.account_event (
  account_id bigint not null,
  recorded_at timestamptz not null default clock_timestamp(),
  event text not null,
  reason text not null,
  primary key (account_id, recorded_at),
  constraint account_event_kind check (event in ('closed', 'reopened'))
);
comment on table ledger.account_event is 'When accounts were closed and reopened, and why.';

create type ledger.transfer_kind as enum (
  'direct', 'hold', 'post-hold', 'void-hold', 'expire-hold', 'reversal'
);

-- One number is the order and the time: what was in the order of the sequence stays so.
alter table ledger.transfer
  add column recorded_ns bigint,
  add column kind ledger.transfer_kind not null default 'direct',
  add column original_id uuid,
  add column asked_minor bigint,
  add column balancing text,
  add column timeout_ms bigint,
  add column debit_held_minor bigint,
  add column credit_held_minor bigint;

update ledger.transfer
set recorded_ns = moved.recorded_ns
from (
  select id, (extract(epoch from since) * 1000000)::bigint * 1000
    + row_number() over (partition by since order by sequence) - 1 as recorded_ns
  from (
    select id, sequence, max(recorded_at) over (order by sequence) as since from ledger.transfer
  ) ordered
) moved
where moved.id = transfer.id;

update ledger.account
set last_recorded_ns = coalesce((select max(recorded_ns) from ledger.transfer), 0);

drop index ledger.transfer_debit_history;
drop index ledger.transfer_credit_history;

alter table ledger.transfer
  alter column recorded_ns set not null,
  alter column kind drop default,
  drop column sequence,
  drop column recorded_at,
  add constraint transfer_original check (
    (original_id is not null) = (kind in ('post-hold', 'void-hold', 'expire-hold', 'reversal'))
  );

-- An account's history, in the order it happened: the time is read while both accounts are locked
-- and is raised above what they have, so that per account it is the order of the balances.
create index transfer_debit_history on ledger.transfer (debit_account_id, recorded_ns);
create index transfer_credit_history on ledger.transfer (credit_account_id, recorded_ns);
-- Over all accounts rows are written nearly in the order of time.
create index transfer_recorded on ledger.transfer using brin (recorded_ns)
  with (pages_per_range = 32, autosummarize = on);
create index transfer_original on ledger.transfer (original_id) where original_id is not null;

comment on column ledger.transfer.recorded_ns is
  'When it was recorded by the database''s clock: nanoseconds since 1970, ascending per account.';
comment on column ledger.transfer.original_id is 'The hold it resolves, the transfer it reverses.';
comment on column ledger.transfer.asked_minor is
  'What was asked for: null for the amount itself, or for all there is of hold and original.';
comment on column ledger.transfer.balancing is 'Which side''s limit may have made it smaller.';
comment on column ledger.transfer.timeout_ms is 'How long a hold may stay open.';
comment on column ledger.transfer.debit_held_minor is 'Right after this transfer; null for 0.';
comment on column ledger.transfer.credit_held_minor is 'Right after this transfer; null for 0.';

create table ledger.hold (
  id uuid primary key,
  debit_account_id bigint not null,
  credit_account_id bigint not null,
  amount_minor bigint not null,
  expires_at timestamptz,
  resolved_by uuid unique,
  constraint hold_amount check (amount_minor > 0)
);
create index hold_due on ledger.hold (expires_at) where resolved_by is null;
comment on table ledger.hold is 'What became of each hold; the hold itself is a transfer.';
comment on column ledger.hold.resolved_by is 'The transfer that posted, voided or expired it.';

create table ledger.reversed (
  transfer_id uuid primary key,
  amount_minor bigint not null,
  reversed_minor bigint not null,
  constraint reversed_at_most check (reversed_minor > 0 and reversed_minor <= amount_minor)
);
comment on table ledger.reversed is 'How much of a transfer was reversed.';

create table ledger.refusal (
  id uuid primary key,
  status text not null,
  body text not null,
  recorded_at timestamptz not null default clock_timestamp()
);
comment on table ledger.refusal is 'Refusals that the same request gets for ever.';
comment on column ledger.refusal.body is 'What was refused, to tell another request from it.';

grant update (held_debit_minor, held_credit_minor, last_recorded_ns, closed_at, metadata)
  on ledger.account to sluice_app;
grant select, insert on ledger.account_event to sluice_app;
grant select, insert on ledger.hold to sluice_app;
grant update (resolved_by) on ledger.hold to sluice_app;
grant select, insert on ledger.reversed to sluice_app;
grant update (reversed_minor) on ledger.reversed to sluice_app;
grant select, insert on ledger.refusal to sluice_app;
