import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, money } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, at, transfer } from '../testing/samples.ts';
import { openAccounts } from './accounts.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';
import {
  readStatement,
  type StatementLine,
  type StatementPage,
  type StatementRange,
} from './statement.ts';
import { traceReference } from './trace-reference.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
  await withTransaction(db.app, async (tx) => {
    await openAccounts(
      tx,
      ['fund', 'pool', 'shop', 'idle'].map((code) => account(code)),
    );
    await postTransfers(
      tx,
      Array.from({ length: 10 }, (_, index) => [
        transfer(`${index}/in`, {
          debitAccount: 'fund',
          creditAccount: 'pool',
          amount: money(BigInt(index + 10), 'USD'),
          reference: `RED-${index}`,
        }),
        transfer(`${index}/out`, {
          debitAccount: 'pool',
          creditAccount: 'shop',
          amount: money(BigInt(index + 1), 'USD'),
          type: 'subsidy.match',
          reference: `RED-${index}`,
          effectiveAt: '2017-07-01T17:30:00+08:00',
        }),
      ]).flat(),
    );
  });
});
afterAll(() => db.drop());

async function readAll(
  code: string,
  limit: number,
): Promise<readonly (readonly StatementLine[])[]> {
  const pages: (readonly StatementLine[])[] = [];
  let next: string | null = '0';
  while (next !== null) {
    const range: StatementRange = pages.length === 0 ? { limit } : { after: next, limit };
    const page: StatementPage = expectAnswer(await readStatement(db.app, code, range));
    pages.push(page.lines);
    next = page.next;
  }
  return pages;
}

describe('a statement', () => {
  test('each line names the other account, the business, signed amount and balance', async () => {
    const page = expectAnswer(await readStatement(db.app, 'pool', { limit: 2 }));
    expect(page).toMatchObject({ account: 'pool', currency: 'USD' });
    expect(page.next).not.toBeNull();
    expect(page.lines).toEqual([
      {
        transferId: transfer('0/in').id,
        kind: 'direct',
        otherAccount: 'fund',
        type: 'subsidy.coupon',
        reference: 'RED-0',
        amountMinor: 10n,
        balanceMinor: 10n,
        effectiveAt: at,
        recordedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
      {
        transferId: transfer('0/out').id,
        kind: 'direct',
        otherAccount: 'shop',
        type: 'subsidy.match',
        reference: 'RED-0',
        amountMinor: -1n,
        balanceMinor: 9n,
        effectiveAt: at,
        recordedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
    ]);
  });

  test.each([1, 3, 20, 1_000])(
    'in pages of %i is the same history, each line once',
    async (limit) => {
      const pages = await readAll('pool', limit);
      const lines = pages.flat();
      expect(lines).toHaveLength(20);
      expect(pages.every((page) => page.length <= limit && page.length > 0)).toBe(true);
      let balance = 0n;
      for (const line of lines) {
        balance += line.amountMinor;
        expect(line.balanceMinor).toBe(balance);
      }
      expect(new Set(lines.map(({ transferId }) => transferId)).size).toBe(20);
    },
  );

  test('of an account without transfers is empty', async () => {
    expect(await readStatement(db.app, 'idle', { limit: 10 })).toEqual({
      account: 'idle',
      currency: 'USD',
      lines: [],
      previous: null,
      next: null,
    });
  });

  test.each([
    ['nobody', { limit: 10 }, 'ACCOUNT_UNKNOWN'],
    [`'; drop table ledger.transfer --`, { limit: 10 }, 'ACCOUNT_UNKNOWN'],
    ['\u0000', { limit: 10 }, 'ACCOUNT_UNKNOWN'],
    ['pool', { limit: 0 }, 'STATEMENT_LIMIT_INVALID'],
    ['pool', { limit: 1_001 }, 'STATEMENT_LIMIT_INVALID'],
    ['pool', { limit: 1.5 }, 'STATEMENT_LIMIT_INVALID'],
    ['pool', { limit: 1, after: 'x' }, 'STATEMENT_CURSOR_MALFORMED'],
    ['pool', { limit: 1, after: '9'.repeat(20) }, 'STATEMENT_CURSOR_MALFORMED'],
  ])('%j %o is refused: %s', async (code, range, expected) => {
    expect(await readStatement(db.app, code, range)).toMatchObject({
      kind: 'refusal',
      code: expected,
    });
  });
});

describe('traceReference', () => {
  test('gives all transfers of one business key, in order', async () => {
    const found = await traceReference(db.app, 'RED-3');
    expect(
      found.map(({ debitAccount, creditAccount, amount }) => [debitAccount, creditAccount, amount]),
    ).toEqual([
      ['fund', 'pool', money(13n, 'USD')],
      ['pool', 'shop', money(4n, 'USD')],
    ]);
  });

  test('gives nothing for a key that nobody used', async () => {
    expect(await traceReference(db.app, 'RED-none')).toEqual([]);
    expect(await traceReference(db.app, '\u0000')).toEqual([]);
  });
});
