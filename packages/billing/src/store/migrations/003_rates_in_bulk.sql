-- Up Migration
-- A large tariff is read in ranges of its keys, which must lie in the order of their bytes,
-- whatever language the server sorts by.
alter table billing.interval_rate alter column combined_interval type text collate "C";

-- A foreign key is checked row by row, which took three quarters of the time in which a million
-- rates are inserted. They come in statements of many rows of one tariff: that the tariff is there
-- is asked once for each statement. That it stays there is held by the foreign keys of its
-- definitions and of its order.
alter table billing.interval_rate drop constraint interval_rate_tariff_id_fkey;

create function billing.rates_have_their_tariff() returns trigger
language plpgsql as $$
declare
  stranger text;
begin
  select fresh_tariff.tariff_id into stranger
  from (select distinct tariff_id from fresh) as fresh_tariff
  where not exists (
    select from billing.tariff where tariff.tariff_id = fresh_tariff.tariff_id
  )
  limit 1;
  if found then
    raise foreign_key_violation using message = format('there is no tariff %s to rate', stranger);
  end if;
  return null;
end
$$;

create trigger rates_have_their_tariff
  after insert on billing.interval_rate
  referencing new table as fresh
  for each statement execute function billing.rates_have_their_tariff();
