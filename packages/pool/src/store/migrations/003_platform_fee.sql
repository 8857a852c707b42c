-- Up Migration
alter table pool.outcome
  add column platform_fee_minor bigint not null default 0,
  add check (platform_fee_minor between 0 and subsidy_minor),
  add check (status = 'paid' or platform_fee_minor = 0);
comment on column pool.outcome.platform_fee_minor is
  'What of a paid subsidy the platform keeps; the rest is the seller''s. 0 where nothing was paid.';
