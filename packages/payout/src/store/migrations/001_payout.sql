-- Up Migration
create table payout.payout (
  id text primary key check (id ~ '^[A-Za-z0-9._:/@-]{1,80}$'),
  seller_id text not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  creditor_account text not null,
  creditor_name text not null,
  rail text not null,
  remittance text not null,
  request_hash text not null,
  state text not null check (state in (
    'created', 'awaiting-funds', 'reserved', 'submitting', 'unknown',
    'submitted', 'settled', 'final', 'returned', 'rejected'
  )),
  version int not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index payout_by_state on payout.payout (state, created_at, id);
create index payout_by_seller on payout.payout (seller_id, created_at, id);

comment on table payout.payout is 'One row per payout: money that is sent to a seller''s bank.';
comment on column payout.payout.request_hash is 'SHA-256 of what the id stands for, hex.';
comment on column payout.payout.state is
  'As its last transition left it; what others see is the public status.';
comment on column payout.payout.version is 'How many transitions it has.';

create table payout.attempt (
  payout_id text not null references payout.payout (id),
  number int not null check (number >= 1),
  attempt_key text not null unique,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  submissions int not null default 1 check (submissions >= 1),
  rejected boolean not null default false,
  bank_reference text,
  booked_on date,
  returnable_until date,
  returned_on date,
  reason_code text,
  started_at timestamptz not null default now(),
  primary key (payout_id, number)
);
create unique index attempt_one_live on payout.attempt (payout_id) where not rejected;

comment on table payout.attempt is 'One try at the bank; written before the bank is called.';
comment on column payout.attempt.attempt_key is 'The idempotency key at the bank.';
comment on column payout.attempt.submissions is
  'How often it was sent: again only after the bank said that it has not seen the key.';
comment on column payout.attempt.rejected is
  'A definite no of the bank; every other attempt is live, and a payout has one at most.';
comment on column payout.attempt.booked_on is 'The bank''s business date.';
comment on column payout.attempt.returnable_until is
  'The last business date on which the money can come back.';
comment on column payout.attempt.reason_code is 'ISO 20022 code of a rejection or a return.';

create table payout.transition (
  payout_id text not null references payout.payout (id),
  number int not null check (number >= 1),
  from_state text check ((from_state is null) = (number = 1)),
  to_state text not null,
  event text not null,
  attempt int,
  reason text not null,
  answer jsonb,
  workflow_id text not null,
  recorded_at timestamptz not null default now(),
  primary key (payout_id, number),
  foreign key (payout_id, attempt) references payout.attempt (payout_id, number)
);

comment on table payout.transition is
  'Every change of state, for ever: rows are added, never changed.';
comment on column payout.transition.number is '1, 2, 3, ... within the payout.';
comment on column payout.transition.answer is 'What the bank said, when the bank moved it.';
comment on column payout.transition.workflow_id is
  'The workflow (or command line) that recorded it.';

grant usage on schema payout to sluice_app;
grant select, insert on payout.payout, payout.attempt, payout.transition to sluice_app;
grant update (state, version, changed_at) on payout.payout to sluice_app;
grant update (
  submissions, rejected, bank_reference, booked_on, returnable_until, returned_on, reason_code
) on payout.attempt to sluice_app;
