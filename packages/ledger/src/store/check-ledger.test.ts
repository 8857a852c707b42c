import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { money } from '@sluice/money';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, transfer } from '../testing/samples.ts';
import { openAccounts } from './accounts.ts';
import { checkLedger } from './check-ledger.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';

let db: FreshDatabase;

beforeEach(async () => {
  db = await freshDatabase(ledgerMigrations);
  const { currency } = money(0n, 'CNY');
  await withTransaction(db.app, async (tx) => {
    await openAccounts(tx, [
      account('a', { floorMinor: -20n }),
      account('b', { ceilingMinor: 30n }),
      account('yuan', { currency }),
    ]);
    await postTransfers(tx, [transfer('1'), transfer('2'), transfer('3')]);
  });
});
afterEach(() => db.drop());

async function violated(): Promise<readonly string[]> {
  const invariants = await checkLedger(db.app);
  return invariants.filter(({ violations }) => violations.length > 0).map(({ id }) => id);
}

test('a ledger in order has no violation, and each check says how much it looked at', async () => {
  const invariants = await checkLedger(db.app);
  expect(invariants.map(({ id, checked, violations }) => [id, checked, violations])).toEqual([
    ['I1', 3, []],
    ['I2', 3, []],
    ['I3', 6, []],
  ]);
});

test('a ledger with nothing in it is in order', async () => {
  await db.owner.query('truncate ledger.account, ledger.transfer');
  expect((await checkLedger(db.app)).map(({ checked }) => checked)).toEqual([0, 0, 0]);
  expect(await violated()).toEqual([]);
});

describe('what the owner of the database tampers with is found', () => {
  const second = `'${transfer('2').id}'`;
  test.each([
    ['a balance', `update ledger.account set balance_minor = -14 where code = 'a'`, ['I2']],
    ['a count', `update ledger.account set transfer_count = 2 where code = 'a'`, ['I2']],
    ['a row deleted', `delete from ledger.transfer where id = ${second}`, ['I2', 'I3']],
    ['an amount', `update ledger.transfer set amount_minor = 6 where id = ${second}`, ['I2', 'I3']],
    [
      'a running balance',
      `update ledger.transfer set debit_balance_minor = -9 where id = ${second}`,
      ['I3'],
    ],
    ['a currency', `update ledger.account set currency = 'CNY' where code = 'b'`, ['I1']],
    [
      'an account that is not there',
      `update ledger.transfer set credit_account_id = 999 where id = ${second}`,
      ['I1', 'I2', 'I3'],
    ],
    [
      'a limit that history passed',
      `update ledger.account set floor_minor = -12 where code = 'a'`,
      [],
    ],
  ])('%s', async (_, sql, expected) => {
    const tampering = db.owner.query(sql);
    if (expected.length === 0) await expect(tampering).rejects.toThrow('account_floor');
    else await tampering;
    expect(await violated()).toEqual(expected);
  });

  test('a limit that only the past exceeded', async () => {
    const back = { debitAccount: 'b', creditAccount: 'a', amount: money(10n, 'USD') };
    await withTransaction(db.app, (tx) => postTransfers(tx, [transfer('back', back)]));
    await db.owner.query(`update ledger.account set floor_minor = -12 where code = 'a'`);
    expect(await violated()).toEqual(['I3']);
    const invariants = await checkLedger(db.app);
    expect(invariants[2]?.violations).toEqual([
      `account a, transfer ${transfer('3').id}: ` +
        'balance -10 moved by -5 to -15, 0 and 0 held (floor -12, ceiling none)',
    ]);
  });

  test('at most twenty are named', async () => {
    await db.owner.query(
      `insert into ledger.account (code, currency, balance_minor)
       select 'stray/' || n, 'USD', 1 from generate_series(1, 50) n`,
    );
    const invariants = await checkLedger(db.app);
    expect(invariants.map(({ violations }) => violations.length)).toEqual([0, 20, 0]);
  });
});
