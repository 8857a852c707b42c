-- Up Migration
-- Whoever posts locks its accounts first, and in a later statement reads the highest announced
-- bound: it records after that. So once a bound is announced and every transaction that was under
-- way then has ended, nothing can be recorded at or below it any more, whatever the clock does.
create table ledger.seal_bound (
  through_ns bigint primary key,
  announced_at timestamptz not null default clock_timestamp()
);

comment on table ledger.seal_bound is
  'Announcements of the sealer: nothing more is recorded at or below the highest of them.';
comment on column ledger.seal_bound.through_ns is 'As transfer.recorded_ns.';

create table ledger.seal (
  number bigint primary key,
  through_ns bigint not null unique,
  transfer_count integer not null,
  digest bytea not null,
  previous_hash bytea not null unique,
  hash bytea not null unique,
  leaves bytea not null,
  sealed_at timestamptz not null default clock_timestamp(),
  constraint seal_number check (number > 0),
  constraint seal_leaves check (
    transfer_count > 0 and octet_length(leaves) = 32 * transfer_count::bigint
  ),
  constraint seal_hashes check (
    octet_length(digest) = 32 and octet_length(previous_hash) = 32 and octet_length(hash) = 32
  )
);
-- Hashes do not compress: kept as they are, beside the row.
alter table ledger.seal alter column leaves set storage external;

comment on table ledger.seal is
  'Links of the hash chain over all transfers, in the order of recorded_ns and id. Never changed.';
comment on column ledger.seal.number is 'From 1, without gaps.';
comment on column ledger.seal.through_ns is
  'It covers what was recorded after the seal before it, up to and including this.';
comment on column ledger.seal.digest is 'SHA-256 of the leaves, as hex, one after the other.';
comment on column ledger.seal.previous_hash is
  'Of the seal before it; zeros in the first. Unique: the chain never forks.';
comment on column ledger.seal.hash is 'SHA-256 of number, bound, count, digest and previous hash.';
comment on column ledger.seal.leaves is
  'SHA-256 of each transfer''s line, in order, 32 bytes each: they tell which one was changed.';

grant select, insert on ledger.seal_bound, ledger.seal to sluice_app;
