import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { isRefusal, money, type Refusal } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../domain/account.ts';
import { account, transfer } from '../testing/samples.ts';
import { openAccounts, readBalances } from './accounts.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
});
afterAll(() => db.drop());

async function open(...accounts: readonly Account[]): Promise<readonly string[]> {
  const answers = await withTransaction(db.app, (tx) => openAccounts(tx, accounts));
  return answers.map((answer: string | Refusal) => (isRefusal(answer) ? answer.code : answer));
}

describe('openAccounts', () => {
  test('opens what is new and finds what is there', async () => {
    expect(await open(account('first/1'), account('first/2'))).toEqual(['opened', 'opened']);
    expect(await open(account('first/2'), account('first/3'))).toEqual(['exists', 'opened']);
    expect(await open()).toEqual([]);
  });

  test('opens an account once when one call names it twice', async () => {
    const answers = await open(
      account('twice'),
      account('twice'),
      account('twice', { floorMinor: 0n }),
    );
    expect(answers).toEqual(['opened', 'exists', 'ACCOUNT_EXISTS_DIFFERENTLY']);
  });

  test.each([
    ['currency', { currency: money(0n, 'CNY').currency }],
    ['floor', { floorMinor: -6n }],
    ['no floor', { floorMinor: null }],
    ['ceiling', { ceilingMinor: 5n }],
  ])('refuses an account that exists with another %s', async (what, changes) => {
    const code = `as-it-was/${what.replaceAll(' ', '-')}`;
    const first = account(code, { floorMinor: -5n });
    await open(first);
    expect(await open({ ...first, ...changes })).toEqual(['ACCOUNT_EXISTS_DIFFERENTLY']);
    expect(await open(first)).toEqual(['exists']);
  });

  test.each([
    ['', {}, 'ACCOUNT_CODE_MALFORMED'],
    ['payable/', {}, 'ACCOUNT_CODE_MALFORMED'],
    ['payable/\u0000', {}, 'ACCOUNT_CODE_MALFORMED'],
    ['x'.repeat(201), {}, 'ACCOUNT_CODE_MALFORMED'],
    ['floor', { floorMinor: 1n }, 'ACCOUNT_LIMITS_INVALID'],
    ['ceiling', { ceilingMinor: -1n }, 'ACCOUNT_LIMITS_INVALID'],
    ['wide', { ceilingMinor: 2n ** 63n }, 'ACCOUNT_LIMITS_INVALID'],
  ])('refuses %j %o, but not its neighbours', async (code, limits, expected) => {
    const neighbour = account(`neighbour/${code.length}-${Object.keys(limits).join()}`);
    expect(await open(account(code, limits), neighbour)).toEqual([expected, 'opened']);
  });

  test('of many that open the same accounts at once, one opens each', async () => {
    const codes = Array.from({ length: 50 }, (_, index) => `race/${index}`);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const order = index % 2 === 0 ? codes : codes.toReversed();
        return open(...order.map((code) => account(code)));
      }),
    );
    expect(answers.flat().filter((answer) => answer === 'opened')).toHaveLength(50);
    expect(answers.flat().filter((answer) => answer === 'exists')).toHaveLength(7 * 50);
  });
});

describe('readBalances', () => {
  test('gives the balances of the accounts that exist', async () => {
    await open(account('from'), account('to'), account('idle'));
    await withTransaction(db.app, (tx) =>
      postTransfers(tx, [transfer('r', { debitAccount: 'from', creditAccount: 'to' })]),
    );
    const balances = await readBalances(db.app, ['from', 'to', 'to', 'idle', 'nobody', '\u0000']);
    expect(balances).toEqual(
      new Map([
        ['from', -5n],
        ['to', 5n],
        ['idle', 0n],
      ]),
    );
    expect(await readBalances(db.app, [])).toEqual(new Map());
  });
});
