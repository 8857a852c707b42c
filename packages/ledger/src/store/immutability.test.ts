import { sqlState, withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { account, transfer } from '../testing/samples.ts';
import { openAccounts } from './accounts.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';

const insufficientPrivilege = '42501';
let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
  await withTransaction(db.app, async (tx) => {
    await openAccounts(tx, [account('a'), account('b')]);
    await postTransfers(tx, [transfer('1')]);
  });
});
afterAll(() => db.drop());

test.each([
  'update ledger.transfer set amount_minor = 1',
  'update ledger.transfer set recorded_at = now()',
  'delete from ledger.transfer',
  'truncate ledger.transfer',
  'delete from ledger.account',
  'truncate ledger.account',
  `update ledger.account set code = 'c' where code = 'a'`,
  'update ledger.account set floor_minor = null',
  'update ledger.account set ceiling_minor = null',
  `update ledger.account set currency = 'CNY'`,
  'alter table ledger.transfer add column note text',
  'drop table ledger.transfer',
  'create table ledger.own (id bigint)',
])('the app may not: %s', async (sql) => {
  const error: unknown = await db.app.query(sql).catch((reason: unknown) => reason);
  expect(sqlState(error)).toBe(insufficientPrivilege);
});
