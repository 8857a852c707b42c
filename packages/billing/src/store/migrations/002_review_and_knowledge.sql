-- Up Migration
alter table billing.tariff
  add column tax jsonb check (tax ?& array['name', 'rate', 'included']),
  add column corrects text,
  add column published_by text,
  alter column published_at set default clock_timestamp();

-- One version begins on a day, and each version is corrected from its day on at most once: so the
-- corrections of a day are one chain, and the last of it that was known decides.
alter table billing.tariff drop constraint tariff_date_once;
alter table billing.tariff
  add constraint tariff_date_once
    unique nulls not distinct (business_id, effective_from, corrects),
  add constraint tariff_of_day unique (business_id, effective_from, tariff_id),
  add constraint tariff_corrects_its_day
    foreign key (business_id, effective_from, corrects)
    references billing.tariff (business_id, effective_from, tariff_id),
  add constraint tariff_corrects_another check (corrects <> tariff_id);

comment on column billing.tariff.tax is 'Name, rate and whether prices include it; null for none.';
comment on column billing.tariff.corrects is
  'The version of the same business and day that this one takes the place of, once known.';
comment on column billing.tariff.published_by is
  'Who published a reviewed draft; null where the tariff came from a file under version control.';
comment on column billing.tariff.published_at is
  'From when on the version is known: prices as known before that moment never see it.';

alter table billing.interval_rate
  add column cell_id text,
  add column rounding jsonb check (rounding ?& array['mode', 'scale', 'stage']);
create unique index interval_rate_cell_once on billing.interval_rate (tariff_id, cell_id)
  where cell_id is not null;

comment on column billing.interval_rate.cell_id is
  'Names the cell through all versions; null where that is the combined interval number.';
comment on column billing.interval_rate.rounding is 'Of this cell alone; null takes the tariff''s.';

create table billing.tariff_draft (
  tariff_id text not null,
  revision integer not null check (revision > 0),
  business_id text not null,
  base_version integer not null check (base_version >= 0),
  content jsonb not null check (content ? 'rates'),
  content_hash text not null,
  drafted_by text not null check (drafted_by <> ''),
  drafted_at timestamptz not null default clock_timestamp(),
  primary key (tariff_id, revision),
  constraint tariff_draft_author unique (tariff_id, revision, drafted_by)
);

comment on table billing.tariff_draft is 'Every revision of every draft, never changed.';
comment on column billing.tariff_draft.base_version is
  'The version of the business that the draft was made on; 0 when there was none.';
comment on column billing.tariff_draft.content is 'The whole tariff in canonical form.';

create table billing.tariff_review (
  tariff_id text not null,
  revision integer not null,
  drafted_by text not null,
  reviewed_by text not null check (reviewed_by <> ''),
  verdict text not null check (verdict in ('approved', 'rejected')),
  note text not null,
  reviewed_at timestamptz not null default clock_timestamp(),
  primary key (tariff_id, revision),
  constraint tariff_review_of_draft
    foreign key (tariff_id, revision, drafted_by)
    references billing.tariff_draft (tariff_id, revision, drafted_by),
  constraint tariff_review_by_another check (reviewed_by <> drafted_by)
);

comment on table billing.tariff_review is 'One verdict per revision, by another than its author.';
comment on column billing.tariff_review.drafted_by is
  'Repeated from the draft, so that the database itself can refuse the author as reviewer.';

grant select, insert on billing.tariff_draft to sluice_app;
grant select, insert on billing.tariff_review to sluice_app;
