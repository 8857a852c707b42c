-- Up Migration
create table database.receipt (
  key text primary key,
  request_hash text not null,
  outcome jsonb not null,
  workflow_id text not null,
  recorded_at timestamptz not null default now()
);

comment on table database.receipt is
  'One row per command that was run: what makes every retry safe.';
comment on column database.receipt.key is 'Business key of the command.';
comment on column database.receipt.request_hash is
  'SHA-256 of the canonical JSON of its body, hex.';
comment on column database.receipt.outcome is
  'What was answered the first time, refusals included.';
comment on column database.receipt.workflow_id is 'The workflow (or command line) that ran it.';

grant usage on schema database to sluice_app;
grant select, insert on database.receipt to sluice_app;
