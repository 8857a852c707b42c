-- Up Migration
create table rulebook.rollout (
  id text collate "C" primary key,
  set_id text collate "C" not null references rulebook.rule_set (id),
  number integer not null check (number > 0),
  base_version integer not null,
  draft jsonb not null check (draft ? 'rules'),
  draft_digest text not null check (draft_digest ~ '^[0-9a-f]{64}$'),
  salt text not null check (salt <> ''),
  stages jsonb not null check (jsonb_array_length(stages) > 0),
  gate jsonb not null check (gate ?& array['failuresPerMillion', 'moved']),
  started_by text not null check (started_by <> ''),
  started_at timestamptz not null default clock_timestamp(),
  state text not null default 'running'
    check (state in ('running', 'paused', 'completed', 'rolled-back', 'cancelled')),
  reason text not null default 'begun' check (reason <> ''),
  ended_at timestamptz check ((ended_at is null) = (state in ('running', 'paused'))),
  unique (set_id, number),
  unique (id, set_id),
  foreign key (set_id, base_version) references rulebook.rule_set_version (set_id, version)
);

create unique index rollout_unfinished on rulebook.rollout (set_id) where ended_at is null;

comment on table rulebook.rollout is
  'Staged rollouts of drafts. Whoever changes one locks the row of its rule set first.';
comment on column rulebook.rollout.number is 'The set''s first rollout is 1; the id ends with it.';
comment on column rulebook.rollout.base_version is
  'In force when the rollout was recorded, and what rolling back goes back to.';
comment on column rulebook.rollout.draft is 'The whole set in the stored form; never published.';
comment on column rulebook.rollout.stages is
  'In order: {reach: buckets of 100,000 or null for shadow, fewestRuns}.';
comment on column rulebook.rollout.gate is
  'What each stage is held against: {failuresPerMillion, moved: [{amount, currency}]}.';
comment on column rulebook.rollout.reason is 'Why it is in its state, for people.';

create table rulebook.rollout_step (
  rollout_id text collate "C" not null,
  set_id text collate "C" not null,
  number integer not null check (number > 0),
  stage integer check (stage >= 0),
  reach integer check (reach between 0 and 100000),
  version integer,
  why text not null check (why <> ''),
  began_at timestamptz not null default clock_timestamp(),
  primary key (rollout_id, number),
  foreign key (rollout_id, set_id) references rulebook.rollout (id, set_id),
  foreign key (set_id, version) references rulebook.rule_set_version (set_id, version),
  check ((reach is null) = (version is null)),
  check ((stage is null) = (reach is not distinct from 0))
);

comment on table rulebook.rollout_step is 'What a rollout went through, step by step.';
comment on column rulebook.rollout_step.stage is
  'Index into the stages; null for the step back, which reaches 0.';
comment on column rulebook.rollout_step.version is
  'In force in this step; null in shadow, where the base stays in force.';

create table rulebook.rollout_observation (
  id bigint generated always as identity primary key,
  rollout_id text collate "C" not null,
  step integer not null,
  first_key text collate "C" not null check (first_key <> ''),
  workflow_id text not null check (workflow_id <> ''),
  runs integer not null check (runs > 0),
  disagreements integer not null check (disagreements between 0 and runs),
  failures integer not null check (failures between 0 and disagreements),
  currencies text[] not null,
  difference_minor bigint[] not null,
  moved_minor bigint[] not null check (0 <= all (moved_minor)),
  observed_at timestamptz not null default clock_timestamp(),
  unique (rollout_id, first_key),
  foreign key (rollout_id, step) references rulebook.rollout_step (rollout_id, number),
  check (cardinality(currencies) = cardinality(difference_minor)),
  check (cardinality(currencies) = cardinality(moved_minor))
);

create index rollout_observation_step on rulebook.rollout_observation (rollout_id, step);

comment on table rulebook.rollout_observation is
  'How candidate and base compared, one row per settled chunk or redemption, in its transaction.';
comment on column rulebook.rollout_observation.first_key is
  'Receipt of the first run in it: no run begins two rows, so none is counted twice.';
comment on column rulebook.rollout_observation.difference_minor is
  'What the candidate gave more, in the currency at the same place; moved is without sign.';

grant select, insert on rulebook.rollout, rulebook.rollout_step, rulebook.rollout_observation
  to sluice_app;
grant update (state, reason, ended_at) on rulebook.rollout to sluice_app;
