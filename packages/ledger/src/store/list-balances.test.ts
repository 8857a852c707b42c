import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { money } from '@sluice/money';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ledgerMigrations,
  listBalances,
  openAccounts,
  postTransfers,
  transferId,
} from '../index.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
  const { currency } = money(0n, 'USD');
  const codes = ['payable/9', 'payable/10', 'payables', 'treasury'];
  await withTransaction(db.app, async (tx) => {
    await openAccounts(
      tx,
      codes.map((code) => ({ code, currency, floorMinor: null, ceilingMinor: null })),
    );
    await postTransfers(tx, [
      {
        id: transferId('one', '2017-07-01T00:00:00Z'),
        debitAccount: 'treasury',
        creditAccount: 'payable/9',
        amount: money(120n, 'USD'),
        type: 'test',
        reference: 'one',
        effectiveAt: '2017-07-01T00:00:00Z',
        kind: 'direct',
        linked: false,
      },
    ]);
  });
});
afterAll(() => db.drop());

test('lists what begins with the prefix, in the order of codes, empty accounts too', async () => {
  expect(await listBalances(db.app, { prefix: 'payable/' })).toEqual([
    { code: 'payable/10', balanceMinor: 0n },
    { code: 'payable/9', balanceMinor: 120n },
  ]);
});

test('a prefix is no pattern', async () => {
  expect(await listBalances(db.app, { prefix: 'pay%' })).toEqual([]);
});
