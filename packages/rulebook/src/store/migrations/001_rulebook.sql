-- Up Migration
create table rulebook.rule_set (
  id text collate "C" primary key check (id <> ''),
  newest_version integer not null check (newest_version > 0)
);

comment on table rulebook.rule_set is
  'Rule sets with the version that is in force. The row is the serialisation point of publishing.';
comment on column rulebook.rule_set.newest_version is
  'Only ever goes up: going back is old content under a higher version.';

create table rulebook.rule_set_version (
  set_id text collate "C" not null references rulebook.rule_set (id),
  version integer not null check (version > 0),
  layer text not null check (layer in ('base', 'institution', 'user', 'device')),
  scope_id text check ((scope_id is null) = (layer = 'base')),
  content jsonb not null check (content ? 'rules'),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  published_by text not null check (published_by <> ''),
  published_at timestamptz not null default clock_timestamp(),
  primary key (set_id, version)
);

comment on table rulebook.rule_set_version is
  'One row per published version of a rule set, never changed.';
comment on column rulebook.rule_set_version.layer is 'For whom the set is, and with its id whose.';
comment on column rulebook.rule_set_version.content is 'The whole set in the stored form.';
comment on column rulebook.rule_set_version.digest is
  'SHA-256 of the canonical JSON of the content, hex: what bundles name it by.';
comment on column rulebook.rule_set_version.published_by is
  'The file, or the rollout and its step, that the version came from.';

grant usage on schema rulebook to sluice_app;
grant select, insert on rulebook.rule_set, rulebook.rule_set_version to sluice_app;
grant update (newest_version) on rulebook.rule_set to sluice_app;
