import { withTransaction } from '@sluice/database';
import { checkSeals, openAccounts, postTransfers, transferId } from '@sluice/ledger';
import { money } from '@sluice/money';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';

const at = '2017-07-01T09:30:00.000Z';
let system: TestSystem;
beforeEach(async () => {
  system = await openTestSystem();
  const { currency } = money(0n, 'USD');
  const limits = { currency, floorMinor: null, ceilingMinor: null };
  await withTransaction(system.db.app, (tx) =>
    openAccounts(tx, [
      { code: 'a', ...limits },
      { code: 'b', ...limits },
    ]),
  );
});
afterEach(() => system.close());

async function hold(key: string, timeoutMs: number | null): Promise<void> {
  await withTransaction(system.db.app, (tx) =>
    postTransfers(tx, [
      {
        id: transferId(key, at),
        kind: 'hold',
        debitAccount: 'a',
        creditAccount: 'b',
        amount: money(5n, 'USD'),
        timeoutMs,
        type: 'subsidy.coupon',
        reference: key,
        effectiveAt: at,
        linked: false,
      },
    ]),
  );
}

test('a round frees the holds whose time is over and seals everything', async () => {
  await hold('short', 1);
  await hold('for ever', null);
  const { activities } = system;
  let freed = 0;
  while (freed === 0) freed += (await activities.expireHolds({ limit: 10 })).expired;
  expect(freed).toBe(1);
  expect(await activities.expireHolds({ limit: 10 })).toEqual({ kind: 'expired', expired: 0 });
  const sealed = await activities.sealLedger({});
  expect(sealed).toMatchObject({ kind: 'sealed', seals: 1, transfers: 3, head: { number: 1 } });
  expect(Date.parse(sealed.head.through)).toBeGreaterThan(Date.now() - 60_000);
  expect(await checkSeals(system.db.app)).toMatchObject({ checked: 3, violations: [] });
  const { head } = sealed;
  expect(await activities.sealLedger({})).toEqual({
    ...{ kind: 'nothing-new', seals: 0, transfers: 0, lagMs: 0, head },
  });
});
