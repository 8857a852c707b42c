import type { FreshDatabase } from '@sluice/database/testing';

/** Row count and content hash of every table, by `schema.table`. */
export type Digests = Readonly<Record<string, string>>;

/** Digests of all tables of the domains and the receipts: equal ones hold exactly the same rows. */
export async function tableDigests({ owner }: FreshDatabase): Promise<Digests> {
  const tables = await owner.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables
     where schemaname in
       ('database', 'ledger', 'billing', 'pool', 'settlement', 'payout', 'rulebook')
     order by name`,
  );
  const parts = tables.map(
    ({ name }) => `select '${name}' as name, count(*) || ' rows, ' ||
       md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as digest
       from ${name} t`,
  );
  // Of so many parts PostgreSQL may run some at once, and give them in any order.
  const sql = `${parts.join(' union all ')} order by name`;
  const rows = await owner.query<{ name: string; digest: string }>(sql);
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** The tables that differ. */
export function changedTables(before: Digests, after: Digests): readonly string[] {
  return Object.keys(after).filter((name) => before[name] !== after[name]);
}
