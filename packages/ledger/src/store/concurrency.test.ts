// Eight connections against few accounts, both directions at once. Held against the whole history
// afterwards, replayed through the evaluator in the order it was recorded.
import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { money } from '@sluice/money';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Account } from '../domain/account.ts';
import { evaluateTransfers } from '../domain/evaluate-transfers.ts';
import type { DirectTransfer, Linkable, Transfer, TransferResult } from '../domain/transfer.ts';
import { account, at, openedState, transfer } from '../testing/samples.ts';
import { openAccounts, readBalances } from './accounts.ts';
import { checkLedger } from './check-ledger.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';

const writers = 8;
let db: FreshDatabase;
let attempts = 0;

beforeEach(async () => {
  db = await freshDatabase(ledgerMigrations);
  attempts = 0;
});
afterEach(async () => {
  expect((await checkLedger(db.app)).flatMap(({ violations }) => violations)).toEqual([]);
  await db.drop();
});

function post(transfers: readonly Transfer[]): Promise<readonly TransferResult[]> {
  return withTransaction(db.app, (tx) => {
    attempts += 1;
    return postTransfers(tx, transfers);
  });
}

async function open(accounts: readonly Account[]): Promise<void> {
  await withTransaction(db.app, (tx) => openAccounts(tx, accounts));
}

/** A random walk that every run repeats: the races are the machine's, the amounts are not. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

async function history(): Promise<readonly Transfer[]> {
  const rows = await db.app.query<{ id: string; debit: string; credit: string; minor: bigint }>(
    `select transfer.id, debit.code as debit, credit.code as credit, amount_minor as minor
     from ledger.transfer
     join ledger.account debit on debit.id = debit_account_id
     join ledger.account credit on credit.id = credit_account_id
     order by recorded_ns`,
  );
  return rows.map(({ id, debit, credit, minor }) =>
    transfer('replayed', {
      id,
      debitAccount: debit,
      creditAccount: credit,
      amount: money(minor, 'USD'),
    }),
  );
}

test('hot accounts both ways: no deadlock, sums kept, no limit passed, no id twice', async () => {
  const accounts = Array.from({ length: 6 }, (_, index) =>
    account(`hot/${index}`, { floorMinor: -300n, ceilingMinor: index % 2 === 0 ? 500n : null }),
  );
  await open(accounts);
  const rounds = 25;
  const results = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const roll = dice(writer + 1);
      const found: TransferResult[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const batch = Array.from({ length: 20 }, (__, index) => {
          const debit = roll(6);
          const credit = (debit + 1 + roll(5)) % 6;
          // Every fourth key is one that all writers use.
          const key = index % 4 === 0 ? `all/${round}/${index}` : `${writer}/${round}/${index}`;
          return transfer(key, {
            debitAccount: `hot/${debit}`,
            creditAccount: `hot/${credit}`,
            amount: money(BigInt(1 + roll(90)), 'USD'),
            linked: index % 5 === 0,
          });
        });
        found.push(...(await post(roll(2) === 0 ? batch : batch.toReversed().map(unlinked))));
      }
      return found;
    }),
  );
  // Every batch shares all its accounts with the others, so nothing was ever run twice.
  expect(attempts).toBe(writers * rounds);
  const posted = await history();
  const created = results.flat().filter(({ status }) => status === 'created');
  expect(posted).toHaveLength(created.length);
  expect(results.flat().some(({ status }) => status === 'exceeds-floor')).toBe(true);
  const replay = evaluateTransfers(openedState(accounts), posted);
  expect(replay.results.every(({ status }) => status === 'created')).toBe(true);
  const balances = await readBalances(
    db.app,
    accounts.map(({ code }) => code),
  );
  expect([...balances.values()].reduce((left, right) => left + right, 0n)).toBe(0n);
  for (const { code, balanceMinor } of replay.changedAccounts) {
    expect(balances.get(code)).toBe(balanceMinor);
  }
});

function unlinked(one: Linkable<DirectTransfer>): Transfer {
  return { ...one, linked: false };
}

test('first use: of many that open an account and spend at once, none overspends', async () => {
  await open([account('shop')]);
  const spend = (source: number, writer: number): Promise<readonly TransferResult[]> =>
    withTransaction(db.app, async (tx) => {
      await openAccounts(tx, [account(`fund/${source}`, { floorMinor: -200n })]);
      return postTransfers(tx, [
        transfer(`${source}/${writer}`, {
          debitAccount: `fund/${source}`,
          creditAccount: 'shop',
          amount: money(150n, 'USD'),
        }),
      ]);
    });
  for (let source = 0; source < 20; source += 1) {
    const results = await Promise.all(
      Array.from({ length: writers }, (_, writer) => spend(source, writer)),
    );
    const statuses = results.flat().map(({ status }) => status);
    expect(statuses.filter((status) => status === 'created')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'exceeds-floor')).toHaveLength(writers - 1);
  }
});

test('one id that many post over different accounts at once is posted once', async () => {
  const pairs = Array.from({ length: writers }, (_, writer) => [
    account(`from/${writer}`),
    account(`to/${writer}`),
  ]);
  await open(pairs.flat());
  for (let round = 0; round < 10; round += 1) {
    const results = await Promise.all(
      pairs.map((_, writer) =>
        post(
          [1, 2, 3].map((index) =>
            transfer(`same/${round}/${writer % 2 === 0 ? index : 4 - index}`, {
              debitAccount: `from/${writer}`,
              creditAccount: `to/${writer}`,
              effectiveAt: at,
            }),
          ),
        ),
      ),
    );
    const statuses = results.flat().map(({ status }) => status);
    expect(statuses.filter((status) => status === 'created')).toHaveLength(3);
    expect(
      statuses.filter((status) => status === 'exists-with-different-debit-account'),
    ).toHaveLength(3 * (writers - 1));
  }
});

test('a connection that is cut within a batch leaves nothing, and a retry posts it', async () => {
  await open([account('left'), account('right')]);
  const batch = [transfer('cut', { debitAccount: 'left', creditAccount: 'right' })];
  const cut = withTransaction(db.app, async (tx) => {
    await postTransfers(tx, batch);
    const [backend] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await db.owner.query('select pg_terminate_backend($1)', [backend?.pid]);
    await tx.query('select 1');
  });
  await expect(cut).rejects.toThrow();
  expect(await history()).toEqual([]);
  expect((await post(batch)).map(({ status }) => status)).toEqual(['created']);
});
