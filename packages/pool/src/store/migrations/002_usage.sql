-- Up Migration
create table pool.usage (
  seller_id text not null,
  week_start date not null,
  currency text not null,
  subsidy_minor bigint not null check (subsidy_minor >= 0),
  recorded_at timestamptz not null default now(),
  primary key (currency, week_start, seller_id)
);
comment on table pool.usage is 'Subsidies of past weeks per seller: what forecasts are made from.';
comment on column pool.usage.week_start is 'First day of the week.';

grant select, insert on pool.usage to sluice_app;
