import { withTransaction, type Tx } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, transfer } from '../../testing/samples.ts';
import { openAccounts } from '../accounts.ts';
import { ledgerMigrations } from '../migrations.ts';
import { postTransfers } from '../post-transfers.ts';
import { checkSeals } from './check-seals.ts';
import { readChainHead } from './chain-head.ts';
import { sealTransfers, type SealStep } from './seal-transfers.ts';

/** Other test files write on the same server, and whoever writes there is waited for. */
const patient = { waitMs: 20_000 };
const impatient = { waitMs: 50 };

let db: FreshDatabase;
beforeEach(async () => {
  db = await freshDatabase(ledgerMigrations);
  await withTransaction(db.app, (tx) => openAccounts(tx, [account('a'), account('b')]));
});
afterEach(() => db.drop());

const seal = (): Promise<SealStep> => sealTransfers(db.app, patient);

const postIn = (tx: Tx, keys: readonly string[]): Promise<unknown> =>
  postTransfers(
    tx,
    keys.map((key) => transfer(key)),
  );

const post = (...keys: readonly string[]): Promise<unknown> =>
  withTransaction(db.app, (tx) => postIn(tx, keys));

/** What holds now, and how many transfers it was looked at. */
async function checked(): Promise<number> {
  const { checked: count, violations } = await checkSeals(db.app);
  expect(violations).toEqual([]);
  return count;
}

/** A transaction that stays open until it is told to end. */
function hold(work: (tx: Tx) => Promise<unknown>): {
  readonly begun: Promise<void>;
  readonly end: (how: 'commit' | 'abort') => Promise<void>;
} {
  const begun = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<'commit' | 'abort'>();
  const ended = withTransaction(db.app, async (tx) => {
    await work(tx);
    begun.resolve();
    if ((await ending.promise) === 'abort') throw new Error('aborted by the test');
  });
  ended.catch(begun.reject);
  return {
    begun: begun.promise,
    async end(how) {
      ending.resolve(how);
      if (how === 'commit') await ended;
      else await expect(ended).rejects.toThrow('aborted by the test');
    },
  };
}

test('what was recorded is sealed once, and nothing new is told as such', async () => {
  expect(await seal()).toMatchObject({ kind: 'nothing-new', seals: 0, head: { number: 0 } });
  await post('1', '2', '3');
  expect(await seal()).toMatchObject({ kind: 'sealed', seals: 1, transfers: 3 });
  expect(await seal()).toMatchObject({ kind: 'nothing-new', lagMs: 0, head: { number: 1 } });
  await post('4');
  const step = await seal();
  expect(step).toMatchObject({ kind: 'sealed', seals: 1, transfers: 1, head: { number: 2 } });
  expect(await readChainHead(db.app)).toEqual(step.head);
  expect(await checked()).toBe(4);
});

test('nobody posts at or below what was announced, whatever the clock says', async () => {
  const inAnHour = 1_000_000n * BigInt(Date.now() + 3_600_000);
  await db.app.query('insert into ledger.seal_bound (through_ns) values ($1)', [inAnHour]);
  await post('1', '2');
  const [row] = await db.app.query<{ first: bigint }>(
    'select min(recorded_ns) as first from ledger.transfer',
  );
  expect(row?.first).toBeGreaterThan(inAnHour);
});

describe('a transaction that has posted and is still open', () => {
  test('is waited for: nothing is sealed past it, its own comes into the next seal', async () => {
    const slow = hold((tx) => postIn(tx, ['slow']));
    await slow.begun;
    await withTransaction(db.app, async (tx) => {
      await openAccounts(tx, [account('c'), account('d')]);
      const other = { debitAccount: 'c', creditAccount: 'd' };
      await postTransfers(tx, [transfer('quick', other)]);
    });
    expect(await sealTransfers(db.app, impatient)).toMatchObject({
      ...{ kind: 'waiting', seals: 0, transfers: 0 },
      head: { number: 0 },
    });
    await slow.end('commit');
    expect(await seal()).toMatchObject({ kind: 'sealed', transfers: 2 });
    expect(await checked()).toBe(2);
  });

  test('has the seal wait until it ends, and no longer', async () => {
    await post('before');
    const slow = hold((tx) => postIn(tx, ['slow']));
    await slow.begun;
    const step = seal();
    await slow.end('commit');
    expect(await step).toMatchObject({ kind: 'sealed' });
    await seal();
    expect(await checked()).toBe(2);
  });

  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['inside a savepoint', (tx) => tx.savepoint(() => postIn(tx, ['slow']))],
    [
      'after a savepoint that was undone',
      async (tx) => {
        const undone = tx.savepoint(async () => {
          await postIn(tx, ['undone']);
          throw new Error('undo');
        });
        await expect(undone).rejects.toThrow('undo');
        await postIn(tx, ['slow']);
      },
    ],
  ])('%s is waited for as well', async (_, work) => {
    const slow = hold(work);
    await slow.begun;
    await withTransaction(db.app, async (tx) => {
      await openAccounts(tx, [account('c'), account('d')]);
      await postTransfers(tx, [transfer('2', { debitAccount: 'c', creditAccount: 'd' })]);
    });
    expect(await sealTransfers(db.app, impatient)).toMatchObject({ kind: 'waiting' });
    await slow.end('commit');
    expect(await seal()).toMatchObject({ kind: 'sealed', transfers: 2 });
    expect(await checked()).toBe(2);
  });

  test('and is rolled back in the end leaves nothing to seal', async () => {
    await post('before');
    const slow = hold((tx) => postIn(tx, ['slow']));
    await slow.begun;
    const step = seal();
    await slow.end('abort');
    expect(await step).toMatchObject({ kind: 'sealed', transfers: 1 });
    expect(await seal()).toMatchObject({ kind: 'nothing-new' });
    expect(await checked()).toBe(1);
  });

  test('that has written nothing delays nobody', async () => {
    await post('1');
    const reader = hold((tx) => tx.query('select from ledger.transfer'));
    await reader.begun;
    expect(await seal()).toMatchObject({ kind: 'sealed', transfers: 1 });
    await reader.end('commit');
  });
});

test('a transaction that has locked its accounts and no more is waited for', async () => {
  await post('1');
  const slow = hold((tx) => tx.query(`select from ledger.account where code = 'a' for update`));
  await slow.begun;
  expect(await sealTransfers(db.app, impatient)).toMatchObject({ kind: 'waiting' });
  await slow.end('commit');
});

test('one that posts while the announcement is on its way is waited for', async () => {
  await db.owner.query(
    `create function ledger.await_turn() returns trigger language plpgsql as
     'begin perform pg_advisory_xact_lock(7); return null; end'`,
  );
  await db.owner.query(
    `create trigger await_turn after insert on ledger.seal_bound
     execute function ledger.await_turn()`,
  );
  await post('1');
  const turn = hold((tx) => tx.query('select pg_advisory_xact_lock(7)'));
  await turn.begun;
  const step = sealTransfers(db.app, impatient);
  await untilSomebodyWaits();
  const writer = hold((tx) => postIn(tx, ['2']));
  await writer.begun;
  await turn.end('commit');
  expect(await step).toMatchObject({ kind: 'waiting' });
  await writer.end('commit');
});

/** Until a lock of this database is being waited for. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const waiting = await db.owner.query(
      `select from pg_locks join pg_database on pg_database.oid = database
       where not granted and datname = current_database()`,
    );
    if (waiting.length > 0) return;
  }
}

test('posting and sealing at the same time: nothing slips under', async () => {
  const accounts = Array.from({ length: 8 }, (_, n) => `w/${n}`);
  await withTransaction(db.app, (tx) =>
    openAccounts(
      tx,
      accounts.map((code) => account(code)),
    ),
  );
  let writing = true;
  const writers = accounts.map(async (debitAccount, writer) => {
    for (let n = 0; n < 25; n += 1) {
      const creditAccount = accounts[(writer + 1 + (n % 7)) % 8] ?? '';
      const batch = Array.from({ length: 1 + (n % 4) }, (_, item) =>
        transfer(`${writer}/${n}/${item}`, { debitAccount, creditAccount }),
      );
      await withTransaction(db.app, (tx) => postTransfers(tx, batch));
    }
  });
  const sealers = [1, 2].map(async () => {
    while (writing) await seal();
  });
  await Promise.all(writers);
  writing = false;
  await Promise.all(sealers);
  for (let step = await seal(); step.kind !== 'nothing-new'; step = await seal());
  const [stored] = await db.app.query<{ n: bigint }>('select count(*) as n from ledger.transfer');
  expect(await checked()).toBe(Number(stored?.n));
});

test('two sealers at once make one chain', async () => {
  for (let round = 0; round < 5; round += 1) {
    await post(`${round}/1`, `${round}/2`);
    const steps = await Promise.all([seal(), seal(), seal()]);
    const sum = steps.reduce((total, { transfers }) => total + transfers, 0);
    expect(sum).toBe(2);
  }
  expect(await checked()).toBe(10);
});

test('the database refuses a second seal on the same head', async () => {
  await post('1');
  await seal();
  const fork = `insert into ledger.seal
    select 7, through_ns + 1, transfer_count, digest, previous_hash, sha256('x'), leaves
    from ledger.seal`;
  await expect(db.app.query(fork)).rejects.toThrow('seal_previous_hash_key');
});

test('very much is sealed in seals of bounded size, told one by one', async () => {
  await insertMany(25_000);
  const seen: number[] = [];
  const step = await sealTransfers(db.app, { ...patient, onSealed: (n) => seen.push(n) });
  expect(step).toMatchObject({ kind: 'sealed', seals: 3, transfers: 25_000 });
  expect(seen).toEqual([10_000, 20_000, 25_000]);
  expect(await checked()).toBe(25_000);
});

test('what was recorded in the same nanosecond stays in one seal', async () => {
  await insertMany(10_005, `case when n between 9990 and 10002 then 9990 else n end`);
  expect(await seal()).toMatchObject({ seals: 2, transfers: 10_005 });
  const counts = await db.app.query('select transfer_count from ledger.seal order by number');
  expect(counts).toEqual([{ transfer_count: 10_002 }, { transfer_count: 3 }]);
  expect(await checked()).toBe(10_005);
});

/** Rows as such: the chain asks not whether their balances add up. */
async function insertMany(count: number, ns = 'n'): Promise<void> {
  await db.owner.query(
    `insert into ledger.transfer (id, recorded_ns, kind, debit_account_id, credit_account_id,
       amount_minor, debit_balance_minor, credit_balance_minor, effective_at, type, reference)
     select gen_random_uuid(), ${ns}, 'direct', 1, 2, 5, 0, 0, now(), 'subsidy.coupon', n::text
     from generate_series(1, ${count}) n`,
  );
}
