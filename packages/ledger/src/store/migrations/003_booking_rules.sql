-- Up Migration
create table ledger.booking_rule_set (
  id text collate "C" not null,
  version integer not null check (version > 0),
  effective_from date not null,
  content jsonb not null check (jsonb_typeof(content -> 'subSets') = 'array'),
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  published_at timestamptz not null default now(),
  primary key (id, version),
  constraint booking_rule_set_day_once unique (id, effective_from)
);

comment on table ledger.booking_rule_set is
  'Booking rules: one row per published version, never changed.';
comment on column ledger.booking_rule_set.id is
  'What is booked by it; its versions follow by date.';
comment on column ledger.booking_rule_set.effective_from is
  'First business day on which it books, until a later version begins.';
comment on column ledger.booking_rule_set.content is
  'The whole set: sub rule sets by business type, with their rules.';
comment on column ledger.booking_rule_set.content_hash is
  'SHA-256 of the canonical JSON of the content, hex.';

grant select, insert on ledger.booking_rule_set to sluice_app;
