-- Up Migration
alter table pool.redemption add column till_decision text check (till_decision <> '');
comment on column pool.redemption.till_decision is
  'What a till decided and by which rules, as it was sent; null for a redemption of no till.';
