-- Up Migration
create table billing.tariff (
  tariff_id text primary key,
  business_id text not null,
  version integer not null check (version > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  effective_from date not null,
  rounding_mode text not null,
  rounding_scale smallint check (rounding_scale >= 0),
  rounding_stage text not null check (rounding_stage in ('line', 'total')),
  content_hash text not null,
  published_at timestamptz not null default now(),
  constraint tariff_version_once unique (business_id, version),
  constraint tariff_date_once unique (business_id, effective_from)
);

comment on table billing.tariff is 'Main rule: one row per published version, never changed.';
comment on column billing.tariff.tariff_id is 'Names this version; joins the four entities.';
comment on column billing.tariff.business_id is 'What is priced; its versions follow by date.';
comment on column billing.tariff.effective_from is
  'First day it prices, until a later version begins.';
comment on column billing.tariff.rounding_scale is
  'Decimal places; null takes those of the currency.';
comment on column billing.tariff.content_hash is
  'SHA-256 of the canonical JSON of the whole tariff, hex.';

create table billing.interval_definition (
  tariff_id text not null references billing.tariff,
  dimension text not null,
  definition jsonb not null check (jsonb_typeof(definition) = 'object'),
  primary key (tariff_id, dimension)
);

comment on table billing.interval_definition is 'Single intervals of one dimension, numbered.';
comment on column billing.interval_definition.definition is
  'Type, unit, and the intervals or values with their numbers.';

create table billing.interval_order (
  tariff_id text primary key references billing.tariff,
  dimensions text[] not null check (cardinality(dimensions) > 0)
);

comment on table billing.interval_order is 'Order in which interval numbers are combined.';

create table billing.interval_rate (
  tariff_id text not null references billing.tariff,
  combined_interval text not null check (combined_interval ~ '^[0-9]+(-[0-9]+)*$'),
  rate jsonb not null check (rate ? 'kind'),
  primary key (tariff_id, combined_interval)
);

comment on table billing.interval_rate is 'Rate of one cell.';
comment on column billing.interval_rate.combined_interval is
  'One interval number per dimension, in the stored order: 2-1.';

grant usage on schema billing to sluice_app;
grant select, insert on billing.tariff to sluice_app;
grant select, insert on billing.interval_definition to sluice_app;
grant select, insert on billing.interval_order to sluice_app;
grant select, insert on billing.interval_rate to sluice_app;
