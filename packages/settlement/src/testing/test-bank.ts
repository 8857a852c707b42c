import type { Tx } from '@sluice/database';
import { RetryTransactionError } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { settlementMigrations, type AccountPart, type Balances, type Move } from '../index.ts';

/** A database with the schema under test, and two tables that play the ledger's part. */
export async function openTestBank(): Promise<FreshDatabase> {
  const db = await freshDatabase(settlementMigrations);
  await db.owner.query(
    'create table public.balance (code text primary key, minor bigint not null check (minor >= 0))',
  );
  await db.owner.query(
    'create table public.posting (key text primary key, minor bigint not null, generation int)',
  );
  await db.owner.query('grant select, insert, update on public.balance to sluice_app');
  await db.owner.query('grant select, insert on public.posting to sluice_app');
  return db;
}

/** What the sub-accounts hold, read in this transaction; one never paid into holds 0. */
export function balancesIn(tx: Pick<Tx, 'query'>): Balances {
  return {
    async read(accounts) {
      const rows = await tx.query<{ minor: bigint }>(
        `select coalesce(balance.minor, 0) as minor
         from unnest($1::text[]) with ordinality as wanted (code, place)
         left join public.balance using (code) order by place`,
        [accounts],
      );
      return rows.map(({ minor }) => minor);
    },
  };
}

/** Pays parts in, once per key. */
export async function payIn(tx: Tx, key: string, parts: readonly AccountPart[]): Promise<void> {
  if (!(await isFirst(tx, key, 0n))) return;
  for (const { account, amountMinor } of sorted(parts)) await change(tx, account, amountMinor);
}

/** Pays parts out, once per key; has the transaction run again when an account cannot give it. */
export async function payOut(
  tx: Tx,
  key: string,
  routed: { readonly generation: number; readonly parts: readonly AccountPart[] },
): Promise<boolean> {
  const total = routed.parts.reduce((sum, part) => sum + part.amountMinor, 0n);
  if (!(await isFirst(tx, key, total, routed.generation))) return false;
  for (const { account, amountMinor } of sorted(routed.parts)) {
    const paid = await tx.query(
      'update public.balance set minor = minor - $2 where code = $1 and minor >= $2 returning code',
      [account, amountMinor],
    );
    if (paid.length === 0) throw new RetryTransactionError(`${account} has not got ${amountMinor}`);
  }
  return true;
}

/** Posts the moves of a redistribution, all of them once per key. */
export async function postMoves(tx: Tx, key: string, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0 || !(await isFirst(tx, key, 0n))) return;
  for (const { from, to, amountMinor } of moves) {
    await change(tx, from, -amountMinor);
    await change(tx, to, amountMinor);
  }
}

async function isFirst(tx: Tx, key: string, minor: bigint, generation = 0): Promise<boolean> {
  const rows = await tx.query(
    `insert into public.posting (key, minor, generation) values ($1, $2, $3)
     on conflict do nothing returning key`,
    [key, minor, generation],
  );
  return rows.length === 1;
}

async function change(tx: Tx, code: string, byMinor: bigint): Promise<void> {
  await tx.query('insert into public.balance values ($1, 0) on conflict do nothing', [code]);
  await tx.query('update public.balance set minor = minor + $2 where code = $1', [code, byMinor]);
}

function sorted(parts: readonly AccountPart[]): readonly AccountPart[] {
  return parts.toSorted((left, right) => (left.account < right.account ? -1 : 1));
}
