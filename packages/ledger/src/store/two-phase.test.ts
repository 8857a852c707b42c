import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, money } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Transfer, TransferResult } from '../domain/transfer.ts';
import { convertCurrency } from '../domain/convert-currency.ts';
import { account, at, hold, postHold, reversal, transfer, voidHold } from '../testing/samples.ts';
import { transferId } from '../transfer-id.ts';
import { openAccounts, readBalances } from './accounts.ts';
import { checkLedger } from './check-ledger.ts';
import { closeAccount, reopenAccount } from './close-accounts.ts';
import { expireHolds } from './expire-holds.ts';
import { listAccounts } from './list-accounts.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';
import { traceReference } from './trace-reference.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
  await open('a', 'b', 'c');
});
afterAll(async () => {
  expect((await checkLedger(db.app)).flatMap(({ violations }) => violations)).toEqual([]);
  await db.drop();
});

const usd = (minor: bigint) => ({ amount: money(minor, 'USD') });

function open(...codes: readonly string[]): Promise<unknown> {
  return withTransaction(db.app, (tx) =>
    openAccounts(
      tx,
      codes.map((code) => account(code)),
    ),
  );
}

function post(...transfers: readonly Transfer[]): Promise<readonly TransferResult[]> {
  return withTransaction(db.app, (tx) => postTransfers(tx, transfers));
}

async function statuses(...transfers: readonly Transfer[]): Promise<readonly string[]> {
  return (await post(...transfers)).map(({ status }) => status);
}

async function held(code: string): Promise<readonly (bigint | undefined)[]> {
  const accounts = expectAnswer(await listAccounts(db.app, { prefix: code, limit: 1 }));
  return [accounts[0]?.balanceMinor, accounts[0]?.heldDebitMinor, accounts[0]?.heldCreditMinor];
}

describe('a hold', () => {
  beforeAll(() => open('h/a', 'h/b'));
  const between = { debitAccount: 'h/a', creditAccount: 'h/b' };

  test('is posted in part by a later batch, once, and answers the same when repeated', async () => {
    expect(await statuses(hold('h1', { ...between, ...usd(70n) }))).toEqual(['created']);
    expect(await held('h/a')).toEqual([0n, 70n, 0n]);
    expect(await held('h/b')).toEqual([0n, 0n, 70n]);
    const posting = postHold('h1 post', 'h1', usd(20n));
    const [first] = await post(posting);
    expect(first).toMatchObject({ status: 'created', amountMinor: 20n, debitBalanceMinor: -20n });
    expect(await held('h/a')).toEqual([-20n, 0n, 0n]);
    expect(await post(posting)).toEqual([{ ...first, status: 'exists' }]);
    expect(await statuses(voidHold('h1 void', 'h1'))).toEqual(['hold-already-posted']);
  });

  test('of many that post or void it at once, one does', async () => {
    await post(hold('h2', { ...between, ...usd(5n) }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        statuses(
          index % 2 === 0 ? postHold(`h2 post ${index}`, 'h2') : voidHold(`h2 void ${index}`, 'h2'),
        ),
      ),
    );
    expect(answers.flat().filter((status) => status === 'created')).toHaveLength(1);
    const [, debit, credit] = [...(await held('h/a')), ...(await held('h/b'))];
    expect([debit, credit]).toEqual([0n, 0n]);
  });

  test('that nobody resolves in time is freed, and cannot be posted before either', async () => {
    const [balance] = await held('h/a');
    await post(
      hold('h3', { ...between, ...usd(7n), timeoutMs: 1 }),
      hold('h4', { ...between, ...usd(9n), timeoutMs: 3_600_000 }),
    );
    await db.owner.query('select pg_sleep(0.01)');
    expect(await statuses(postHold('h3 post', 'h3'))).toEqual(['hold-expired']);
    expect(await held('h/a')).toEqual([balance, 16n, 0n]);
    const freed = await Promise.all(
      [1, 2, 3].map(() => withTransaction(db.app, (tx) => expireHolds(tx, { limit: 10 }))),
    );
    expect(freed.toSorted()).toEqual([0, 0, 1]);
    expect(await held('h/a')).toEqual([balance, 9n, 0n]);
    expect(await statuses(postHold('h4 post', 'h4'))).toEqual(['created']);
    const trace = await traceReference(db.app, 'h3');
    expect(trace.map(({ kind, type }) => [kind, type])).toEqual([
      ['hold', 'subsidy.coupon'],
      ['expire-hold', 'hold.expired'],
    ]);
  });

  test('cannot be posted past its amount whatever a program writes', async () => {
    await post(hold('h5', { ...between, ...usd(5n) }));
    await expect(
      db.app.query(`update ledger.account set held_debit_minor = -1 where code = 'h/a'`),
    ).rejects.toThrow('account_held');
    await expect(
      db.app.query('insert into ledger.reversed values ($1, 5, 6)', [transfer('x').id]),
    ).rejects.toThrow('reversed_at_most');
    await post(voidHold('h5 void', 'h5'));
  });
});

describe('a reversal', () => {
  test('names its original and never exceeds it, whoever reverses at once', async () => {
    await post(transfer('r1', usd(100n)));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => post(reversal(`r1 back ${index}`, 'r1', usd(30n)))),
    );
    const found = answers.flat().map(({ status }) => status);
    expect(found.filter((status) => status === 'created')).toHaveLength(3);
    expect(found.filter((status) => status === 'exceeds-original')).toHaveLength(5);
    const [rest] = await post(reversal('r1 rest', 'r1'));
    expect(rest).toMatchObject({ status: 'created', amountMinor: 10n });
    expect(await post(reversal('r1 rest', 'r1'))).toEqual([{ ...rest, status: 'exists' }]);
    expect(await statuses(reversal('r1 more', 'r1'))).toEqual(['original-already-reversed']);
    const [trace] = await traceReference(db.app, 'r1 rest');
    expect(trace).toMatchObject({ kind: 'reversal', originalId: transfer('r1').id });
  });
});

describe('a closed account', () => {
  test('lets holds be voided and nothing else, until it is reopened', async () => {
    await open('shut');
    const to = { creditAccount: 'shut' };
    await post(hold('s1', to), hold('s2', to));
    const change = <T>(work: typeof closeAccount | typeof reopenAccount, why: string): Promise<T> =>
      withTransaction(db.app, (tx) => work(tx, 'shut', why)) as Promise<T>;
    expect(await change(closeAccount, 'the seller left')).toBe('closed');
    expect(await change(closeAccount, 'again')).toBe('was closed');
    expect(
      await statuses(transfer('s3', to), postHold('s1 post', 's1'), voidHold('s2 void', 's2')),
    ).toEqual(['credit-account-closed', 'credit-account-closed', 'created']);
    expect(await change(reopenAccount, 'the seller is back')).toBe('reopened');
    expect(await change(reopenAccount, 'again')).toBe('was open');
    expect(await statuses(transfer('s3', to), postHold('s1 again', 's1'))).toEqual([
      'credit-account-closed',
      'created',
    ]);
    const events = await db.app.query<{ event: string; reason: string }>(
      'select event, reason from ledger.account_event order by recorded_at',
    );
    expect(events).toEqual([
      { event: 'closed', reason: 'the seller left' },
      { event: 'reopened', reason: 'the seller is back' },
    ]);
  });

  test('that does not exist is refused', async () => {
    const answer = await withTransaction(db.app, (tx) => closeAccount(tx, 'nobody', 'x'));
    expect(answer).toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
  });
});

test('a conversion keeps each currency at zero and shows the position', async () => {
  const { currency: yuan } = money(0n, 'CNY');
  await withTransaction(db.app, (tx) =>
    openAccounts(tx, [
      account('fx/from'),
      account('fx/to', { currency: yuan }),
      account('position/fx/USD'),
      account('position/fx/CNY', { currency: yuan }),
    ]),
  );
  const pair = convertCurrency({
    ids: [transferId('fx/1', at), transferId('fx/2', at)],
    ...{ debitAccount: 'fx/from', creditAccount: 'fx/to', position: 'position/fx' },
    ...{ gives: money(100n, 'USD'), takes: money(712n, 'CNY') },
    ...{ type: 'conversion', reference: 'fx', effectiveAt: at },
  });
  expect(await statuses(...pair)).toEqual(['created', 'created']);
  const codes = ['fx/from', 'position/fx/USD', 'position/fx/CNY', 'fx/to'];
  const balances = await readBalances(db.app, codes);
  expect(codes.map((code) => balances.get(code))).toEqual([-100n, 100n, -712n, 712n]);
});
