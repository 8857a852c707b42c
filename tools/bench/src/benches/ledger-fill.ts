import type { Database } from '@sluice/database';
import type { BenchContext } from '../frame/bench.ts';
import type { BenchDatabase } from '../servers/bench-database.ts';

const writtenAtOnce = 250_000;

/**
 * Fills the ledger with transfers of the year before, set by set, with all indexes in place as they
 * would have grown. Accounts are drawn about as Zipf's law with the exponent 2 has it. Times, ids,
 * accounts and sizes are those of real transfers; the balances in them are not added up, so this
 * ledger is for measuring, not for checking.
 */
export async function fillLedger(
  { progress, note }: BenchContext,
  { owner }: BenchDatabase,
  { accounts, transfers }: { readonly accounts: number; readonly transfers: number },
): Promise<void> {
  const started = performance.now();
  for (let from = 0; from < transfers; from += writtenAtOnce) {
    progress(`storing transfers: ${from.toLocaleString('en')} are there`);
    const count = Math.min(writtenAtOnce, transfers - from);
    await owner.query(fillSome, [from, count, accounts]);
  }
  await owner.query('vacuum analyze ledger.transfer');
  const seconds = (performance.now() - started) / 1_000;
  note(`stored ${transfers.toLocaleString('en')} transfers in ${seconds.toFixed(0)} s`);
  for (const line of await sizes(owner, transfers)) note(line);
}

/** The place of an account in its family is its id: families are opened one after the other. */
const fillSome = `
  with drawn as (
    select place, least(floor(1 / (1 - random()))::bigint, $3::bigint) as debit,
      least(floor(1 / (1 - random()))::bigint, $3::bigint) as credit
    from generate_series($1::bigint + 1, $1::bigint + $2::bigint) as place
  ), base as (
    select min(id) - 1 as id, (extract(epoch from timestamptz '2016-07-01') * 1000)::bigint as ms
    from ledger.account
  )
  insert into ledger.transfer (id, recorded_ns, kind, debit_account_id, credit_account_id,
    amount_minor, debit_balance_minor, credit_balance_minor, effective_at, type, reference)
  select (lpad(to_hex(base.ms + place), 12, '0') || '8' || substr(md5(place::text), 1, 3) || 'a'
      || substr(md5(place::text), 4, 15))::uuid,
    (base.ms + place) * 1000000, 'direct', base.id + debit,
    base.id + case credit when debit then 1 + credit % $3::bigint else credit end,
    1 + place % 10000, -1000000000 - place, 1000000000 + place,
    to_timestamp((base.ms + place) / 1000.0), 'bench', 'bench/0/' || place
  from drawn cross join base
  order by place`;

async function sizes(owner: Database, transfers: number): Promise<readonly string[]> {
  const rows = await owner.query<{ name: string; bytes: bigint }>(
    `select 'table' as name, pg_relation_size('ledger.transfer') as bytes
     union all
     select 'index ' || relname, pg_relation_size(indexrelid)
     from pg_index
     join pg_class on pg_class.oid = indexrelid
     where indrelid = 'ledger.transfer'::regclass`,
  );
  const total = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  const each = (bytes: number): string => `${Math.round(bytes / transfers)} bytes`;
  return [
    `on disk: ${each(total)} a transfer`,
    ...rows.map(({ name, bytes }) => `  ${name}: ${each(Number(bytes))}`),
  ];
}
