import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { ledgerMigrations } from '@sluice/ledger';
import { poolMigrations } from '@sluice/pool';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkFees } from './check-fees.ts';
import { charge, openChargedPool } from './testing/charged-redemptions.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations, poolMigrations);
});
afterAll(() => db.drop());

test('the fees in the ledger have to be those of the redemptions, by currency', async () => {
  expect(await checkFees(db.app)).toMatchObject({ id: 'I5', checked: 0, violations: [] });
  await openChargedPool(db);
  await charge(db, { id: 'RED-1', subsidyMinor: 500n, feeMinor: 5n });
  await charge(db, { id: 'RED-2', subsidyMinor: 900n, feeMinor: 9n });
  await charge(db, { id: 'RED-3', subsidyMinor: 10n, feeMinor: 0n });
  expect(await checkFees(db.app)).toMatchObject({ checked: 2, violations: [] });
  await db.owner.query(
    `update pool.outcome set platform_fee_minor = 4 where redemption_id = 'RED-1'`,
  );
  expect((await checkFees(db.app)).violations).toEqual([
    'income/platform-fee/USD: the ledger booked 0.14, redemptions gave 0.13',
  ]);
  await db.owner.query(`update pool.pool set currency = 'CNY'`);
  expect((await checkFees(db.app)).violations).toEqual([
    'income/platform-fee/CNY: the ledger booked 0.00, redemptions gave 0.13',
    'income/platform-fee/USD: the ledger booked 0.14, redemptions gave 0.00',
  ]);
});
