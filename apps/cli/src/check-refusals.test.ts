import { once, withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { ledgerMigrations, openAccounts, postTransfers, transferId } from '@sluice/ledger';
import { expectAnswer, money, parseCurrency } from '@sluice/money';
import { createPayout, payoutMigrations } from '@sluice/payout';
import { poolMigrations } from '@sluice/pool';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkRefusals } from './check-refusals.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations, poolMigrations, payoutMigrations);
});
afterAll(() => db.drop());

/** A redemption as it stands when it was refused, with its receipt. */
async function refuseRedemption(id: string, { receipt = true } = {}): Promise<void> {
  await db.owner.query(
    `insert into pool.redemption (id, pool_id, batch_id, seller_id, user_id, product_id, quantity,
       redeemed_at, currency, paid_minor, coupon_value_minor, loyalty_discount_minor, body_hash)
     values ($1, 'july', 'b', 's', 'u', 'p', 1, now(), 'USD', 0, 0, 0, 'x')`,
    [id],
  );
  await db.owner.query(
    `insert into pool.outcome (redemption_id, pool_id, seller_id, status, refusal_code, refusal,
       discount_minor, subsidy_minor, explanation, workflow_id)
     values ($1, 'july', 's', 'refused', 'NO_SUBSIDY', '{"code": "NO_SUBSIDY"}', 0, 0, '{}', 'w')`,
    [id],
  );
  if (!receipt) return;
  const command = { key: `subsidy:${id}`, body: id };
  await withTransaction(db.app, (tx) =>
    once(tx, [command], 'w', () => Promise.resolve(['refused'])),
  );
}

test('a refusal may have a receipt and nothing else', async () => {
  expect(await checkRefusals(db.app)).toMatchObject({ id: 'I12', checked: 0, violations: [] });
  await refuseRedemption('clean');
  expect(await checkRefusals(db.app)).toMatchObject({ checked: 1, violations: [] });

  await refuseRedemption('posted');
  await refuseRedemption('paid-out');
  await refuseRedemption('without-receipt', { receipt: false });
  const currency = expectAnswer(parseCurrency('USD'));
  const effectiveAt = '2017-07-01T00:00:00Z';
  const account = { currency, floorMinor: null, ceilingMinor: null };
  await withTransaction(db.app, async (tx) => {
    await openAccounts(
      tx,
      ['from', 'to'].map((code) => ({ ...account, code })),
    );
    await postTransfers(tx, [
      {
        ...{ kind: 'direct', id: transferId('a-transfer', effectiveAt), effectiveAt },
        ...{ type: 'test', reference: 'posted', linked: false },
        ...{ debitAccount: 'from', creditAccount: 'to', amount: money(1n, 'USD') },
      },
    ]);
    expectAnswer(
      await createPayout(tx, {
        ...{ id: 'redemption/paid-out', sellerId: 's', amount: money(1n, 'USD') },
        ...{ rail: 'sandbox-bank', remittance: 'Subsidies of paid-out', workflowId: 'w' },
        creditor: { name: 'Seller s', account: 'SBX-s' },
      }),
    );
  });
  expect((await checkRefusals(db.app)).violations).toEqual([
    'redemption paid-out is refused, but has a payout',
    'redemption posted is refused, but the ledger has transfers of it',
    'redemption without-receipt is refused, but has no receipt',
  ]);
});
