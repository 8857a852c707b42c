import { sqlState, withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, transfer } from '../testing/samples.ts';
import { openAccounts } from './accounts.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';
import { sealTransfers } from './seal/seal-transfers.ts';

/**
 * What the app may change of a row that is there: where things stand now. All other columns of all
 * tables are history, or given once.
 */
const changeable: Readonly<Record<string, readonly string[]>> = {
  account: [
    ...['balance_minor', 'held_debit_minor', 'held_credit_minor', 'transfer_count'],
    ...['last_recorded_ns', 'closed_at', 'metadata'],
  ],
  booking_task: [
    ...['state', 'trigger', 'account_count', 'entry_count', 'attempts', 'closed_at'],
    ...['answered_at', 'receipt', 'refusal_code', 'refusal_message'],
  ],
  hold: ['resolved_by'],
  reversed: ['reversed_minor'],
};

const insufficientPrivilege = '42501';
let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
  await withTransaction(db.app, async (tx) => {
    await openAccounts(tx, [account('a'), account('b')]);
    await postTransfers(tx, [transfer('1')]);
  });
  await sealTransfers(db.app, { waitMs: 20_000 });
});
afterAll(() => db.drop());

async function refused(sql: string): Promise<boolean> {
  const error: unknown = await db.app.query(sql).catch((reason: unknown) => reason);
  return sqlState(error) === insufficientPrivilege;
}

/** Every table of the schema with its columns, from the catalogue: a new one is covered at once. */
async function tables(): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.owner.query<{ name: string; columns: readonly string[] }>(
    `select relname as name, array_agg(attname::text order by attnum) as columns
     from pg_class
     join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
     where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'p', 'f', 'm', 'v')
     group by relname`,
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

describe('the app may not', () => {
  test('change any column of any table, but for those that say where things stand', async () => {
    const allowed: string[] = [];
    for (const [table, columns] of await tables()) {
      for (const column of columns) {
        const sql = `update ledger.${table} set ${column} = default where false`;
        if (!(await refused(sql))) allowed.push(`${table}.${column}`);
      }
    }
    const expected = Object.entries(changeable).flatMap(([table, columns]) =>
      columns.map((column) => `${table}.${column}`),
    );
    expect(allowed.sort()).toEqual(expected.sort());
  });

  test.each([
    ['delete from', (table: string) => `delete from ledger.${table}`],
    ['truncate', (table: string) => `truncate ledger.${table}`],
    ['drop', (table: string) => `drop table ledger.${table}`],
    ['alter', (table: string) => `alter table ledger.${table} add column note text`],
    ['disarm', (table: string) => `alter table ledger.${table} disable trigger all`],
    [
      'put a rule on',
      (table: string) => `create rule forget as on insert to ledger.${table} do instead nothing`,
    ],
  ])('%s any table', async (_, sql) => {
    const names = [...(await tables()).keys()];
    expect(names).toEqual(expect.arrayContaining(['account', 'transfer', 'seal', 'seal_bound']));
    for (const name of names) expect([name, await refused(sql(name))]).toEqual([name, true]);
  });

  test.each([
    'create table ledger.own (id bigint)',
    'drop schema ledger cascade',
    'set session_replication_role = replica',
    `create function ledger.own() returns int language sql as 'select 1'`,
  ])('%s', async (sql) => {
    expect(await refused(sql)).toBe(true);
  });

  test('give itself more rights', async () => {
    await db.app.query('grant all on ledger.transfer to sluice_app');
    expect(await refused('delete from ledger.transfer')).toBe(true);
  });
});

test('what the app may insert, it may not overwrite by inserting it again', async () => {
  const again = `insert into ledger.transfer select * from ledger.transfer
    on conflict (id) do update set amount_minor = 1`;
  expect(await refused(again)).toBe(true);
});
