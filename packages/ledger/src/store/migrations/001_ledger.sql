-- Up Migration
create table ledger.account (
  id bigint generated always as identity primary key,
  code text collate "C" not null unique,
  currency text not null,
  floor_minor bigint,
  ceiling_minor bigint,
  balance_minor bigint not null default 0,
  transfer_count bigint not null default 0,
  opened_at timestamptz not null default now(),
  constraint account_floor check (balance_minor >= floor_minor),
  constraint account_ceiling check (balance_minor <= ceiling_minor)
)
-- Half of each page stays free and no changing column is indexed, so that a new balance is written
-- on the page of the old one and touches no index.
with (fillfactor = 50);

comment on table ledger.account is 'One signed balance per account: credits - debits.';
comment on column ledger.account.code is 'Its name for people and programs, such as payable/330.';
comment on column ledger.account.currency is 'ISO 4217.';
comment on column ledger.account.floor_minor is 'Lowest balance allowed; null for no limit.';
comment on column ledger.account.ceiling_minor is 'Highest balance allowed; null for no limit.';
comment on column ledger.account.transfer_count is 'How many transfers touched it.';

-- Account ids carry no foreign key: two checks per row would cost more than the insert. They come
-- from rows that the same transaction holds locked, nobody may delete an account, and
-- `checkLedger` looks for strays.
create table ledger.transfer (
  id uuid primary key,
  sequence bigint generated always as identity,
  debit_account_id bigint not null,
  credit_account_id bigint not null,
  amount_minor bigint not null,
  debit_balance_minor bigint not null,
  credit_balance_minor bigint not null,
  effective_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  type text collate "C" not null,
  reference text collate "C" not null,
  constraint transfer_amount check (amount_minor > 0),
  constraint transfer_accounts check (debit_account_id <> credit_account_id)
);

-- An account's history, in the order it happened: the sequence is taken while both accounts are
-- locked, so that per account it is the order of the balances.
create index transfer_debit_history on ledger.transfer (debit_account_id, sequence);
create index transfer_credit_history on ledger.transfer (credit_account_id, sequence);
-- From a coupon to the bank.
create index transfer_reference on ledger.transfer (reference);

comment on table ledger.transfer is 'Money moved from one account to another. Never changed.';
comment on column ledger.transfer.id is 'From the caller: one id is one transfer, for ever.';
comment on column ledger.transfer.sequence is 'Order per account; may have gaps.';
comment on column ledger.transfer.debit_account_id is 'Whose balance fell.';
comment on column ledger.transfer.credit_account_id is 'Whose balance rose.';
comment on column ledger.transfer.amount_minor is 'In the currency of both accounts.';
comment on column ledger.transfer.debit_balance_minor is 'Right after this transfer.';
comment on column ledger.transfer.credit_balance_minor is 'Right after this transfer.';
comment on column ledger.transfer.effective_at is 'When it counts, as the caller says.';
comment on column ledger.transfer.recorded_at is 'When its transaction began.';
comment on column ledger.transfer.type is 'Kind of business: subsidy.coupon.';
comment on column ledger.transfer.reference is 'Business key: a redemption, a payout.';

grant usage on schema ledger to sluice_app;
grant select, insert on ledger.account to sluice_app;
grant update (balance_minor, transfer_count) on ledger.account to sluice_app;
grant select, insert on ledger.transfer to sluice_app;
