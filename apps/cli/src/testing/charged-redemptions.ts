import { withTransaction } from '@sluice/database';
import type { FreshDatabase } from '@sluice/database/testing';
import {
  linkTransfers,
  openAccounts,
  postTransfers,
  transferId,
  type DirectTransfer,
} from '@sluice/ledger';
import { expectAnswer, money, parseCurrency } from '@sluice/money';

const at = '2017-07-03T10:15:00.000Z';
const [funding, payable, income] = ['funding/fund', 'payable/330', 'income/platform-fee/USD'];

/** A pool of which seller 330 gets what is left of each subsidy, as a settled one has it. */
export async function openChargedPool({ owner, app }: FreshDatabase): Promise<void> {
  await owner.query(
    `insert into pool.pool (id, name, currency, opens_on, closes_on, intermediary_account,
       size_minor, body_hash)
     values ('july', 'July', 'USD', '2017-07-01', '2017-07-28', 'pool/july/intermediary', 9000,
       'x')`,
  );
  const currency = expectAnswer(parseCurrency('USD'));
  const accounts = [funding, payable, income].map((code) => {
    return { code, currency, floorMinor: null, ceilingMinor: null };
  });
  await withTransaction(app, (tx) => openAccounts(tx, accounts));
}

/** A paid redemption of seller 330, in minor units, and its transfers, that of the fee last. */
export async function charge(
  db: FreshDatabase,
  redemption: { readonly id: string; readonly subsidyMinor: bigint; readonly feeMinor: bigint },
): Promise<void> {
  const { id, subsidyMinor, feeMinor } = redemption;
  const fees = { coupon: { amount: '0.00', tariff: 'platform-fee-2017@1/1' } };
  await db.owner.query(
    `insert into pool.redemption (id, pool_id, batch_id, seller_id, user_id, product_id, quantity,
       redeemed_at, currency, paid_minor, coupon_value_minor, loyalty_discount_minor, body_hash)
     values ($1, 'july', 'b', '330', 'u', 'p', 1, $2, 'USD', 1, 1, 1, 'x')`,
    [id, at],
  );
  await db.owner.query(
    `insert into pool.outcome (redemption_id, pool_id, seller_id, status, discount_minor,
       subsidy_minor, platform_fee_minor, explanation, workflow_id)
     values ($1, 'july', '330', 'paid', $2, $2, $3, $4, 'w')`,
    [id, subsidyMinor, feeMinor, JSON.stringify({ fees })],
  );
  await db.owner.query(
    `insert into pool.draw_line (redemption_id, line, source_id, kind, amount_minor)
     values ($1, 1, 'fund', 'coupon', $2)`,
    [id, subsidyMinor],
  );
  const transfer = (
    type: string,
    [debitAccount, creditAccount]: readonly [string, string],
    minor: bigint,
  ): DirectTransfer => ({
    ...{ kind: 'direct', id: transferId(`${type}/${id}`, at), effectiveAt: at },
    ...{ type, reference: id, debitAccount, creditAccount, amount: money(minor, 'USD') },
  });
  const transfers = linkTransfers([
    transfer('subsidy.coupon', [funding, payable], subsidyMinor),
    ...(feeMinor === 0n ? [] : [transfer('fee.platform', [payable, income], feeMinor)]),
  ]);
  const results = await withTransaction(db.app, (tx) => postTransfers(tx, transfers));
  const refused = results.filter(({ status }) => status !== 'created');
  if (refused.length > 0) throw new Error(`${id} was not posted`);
}
