-- Up Migration
create table pool.pool (
  id text primary key,
  name text not null,
  currency text not null,
  opens_on date not null,
  closes_on date not null check (closes_on >= opens_on),
  intermediary_account text not null,
  size_minor bigint not null check (size_minor >= 0),
  drawn_minor bigint not null default 0 check (drawn_minor between 0 and size_minor),
  state text not null default 'open' check (state in ('open', 'closed')),
  body_hash text not null,
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  check ((state = 'closed') = (closed_at is not null))
);
comment on table pool.pool is 'Subsidy pools. The row is the serialisation point of its draws.';
comment on column pool.pool.intermediary_account is
  'Ledger account that holds the authority to call the sources.';
comment on column pool.pool.size_minor is 'No more than this is ever drawn, in minor units.';
comment on column pool.pool.drawn_minor is 'Sum of the draw lines of the pool.';
comment on column pool.pool.body_hash is 'SHA-256 of all that the pool was opened with.';

create table pool.source (
  id text primary key,
  account text not null unique,
  recorded_at timestamptz not null default now()
);
comment on table pool.source is 'Funding sources: one ledger account each, shared by all pools.';

create table pool.mandate (
  pool_id text not null references pool.pool (id),
  source_id text not null references pool.source (id),
  limit_minor bigint not null check (limit_minor >= 0),
  drawn_minor bigint not null default 0,
  capacity_minor bigint not null,
  priority bigint not null,
  expires_on date,
  serves jsonb not null,
  primary key (pool_id, source_id),
  check (limit_minor <= capacity_minor),
  check (drawn_minor between 0 and limit_minor)
);
comment on table pool.mandate is 'What a pool may call from a source, and has called.';
comment on column pool.mandate.drawn_minor is 'Sum of the draw lines of the pool on the source.';
comment on column pool.mandate.serves is
  'Purposes: [{"kind": "coupon", "brand": "1208"}]; no brand means any that no source names.';

create table pool.forecast (
  pool_id text not null references pool.pool (id),
  seller_id text not null,
  expected_minor bigint not null,
  lower_minor bigint not null check (lower_minor >= 0),
  upper_minor bigint not null,
  model text not null,
  primary key (pool_id, seller_id),
  check (expected_minor between lower_minor and upper_minor)
);
comment on table pool.forecast is
  'The sellers that the pool was sized for, and what each is expected to use.';

create sequence pool.redemption_sequence;

-- The references to pool.pool are checked by the functions that insert, once per batch and not
-- once per row: a pool is never deleted.
create table pool.redemption (
  id text primary key,
  pool_id text not null,
  batch_id text not null,
  sequence bigint not null default nextval('pool.redemption_sequence'),
  seller_id text not null,
  user_id text not null,
  product_id text not null,
  brand_id text,
  quantity integer not null check (quantity >= 0),
  redeemed_at timestamptz not null,
  currency text not null,
  paid_minor bigint not null check (paid_minor >= 0),
  coupon_value_minor bigint not null check (coupon_value_minor >= 0),
  loyalty_discount_minor bigint not null check (loyalty_discount_minor >= 0),
  recorded_match_minor bigint check (recorded_match_minor >= 0),
  body_hash text not null,
  recorded_at timestamptz not null default now()
);
comment on table pool.redemption is 'Every redemption that was taken in, decided or waiting.';
comment on column pool.redemption.sequence is 'Order of intake, and the key that readers page by.';
comment on column pool.redemption.recorded_match_minor is
  'What the till recorded as match; for the audit only.';
comment on column pool.redemption.body_hash is
  'SHA-256 of the pool and the redemption as it was sent.';
create index redemption_batch_sequence on pool.redemption (batch_id, sequence);

create sequence pool.decision_sequence;

create table pool.outcome (
  redemption_id text primary key references pool.redemption (id),
  pool_id text not null,
  seller_id text not null,
  decision bigint not null default nextval('pool.decision_sequence'),
  status text not null check (status in ('paid', 'refused', 'parked')),
  refusal_code text,
  refusal jsonb,
  discount_minor bigint not null check (discount_minor >= 0),
  subsidy_minor bigint not null check (subsidy_minor >= 0),
  explanation jsonb not null,
  workflow_id text not null,
  decided_at timestamptz not null default now(),
  check ((status = 'paid') = (refusal_code is null)),
  check ((refusal_code is null) = (refusal is null))
);
comment on table pool.outcome is
  'What came of a redemption: paid, refused with a reason, or parked.';
comment on column pool.outcome.decision is
  'Order of decision: given under the pool''s lock, so it is the order of the draws.';
comment on column pool.outcome.subsidy_minor is
  'Paid: the sum of the draw lines. Otherwise: what was asked for.';
comment on column pool.outcome.explanation is
  'Discounts, and the versions of rules and tariffs that gave them.';
create index outcome_pool_seller on pool.outcome (pool_id, seller_id);

create table pool.draw_line (
  redemption_id text not null references pool.outcome (redemption_id),
  line integer not null check (line >= 1),
  source_id text not null,
  kind text not null,
  amount_minor bigint not null check (amount_minor > 0),
  primary key (redemption_id, line)
);
comment on table pool.draw_line is
  'Money called from one source for one redemption; never changed.';

grant usage on schema pool to sluice_app;
grant usage on sequence pool.redemption_sequence, pool.decision_sequence to sluice_app;
grant select, insert on pool.pool, pool.source, pool.mandate, pool.forecast to sluice_app;
grant select, insert on pool.redemption, pool.outcome, pool.draw_line to sluice_app;
grant update (drawn_minor, state, closed_at) on pool.pool to sluice_app;
grant update (drawn_minor) on pool.mandate to sluice_app;
