// What was when, in either sense, held against a plain list of what was posted.
import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, money } from '@sluice/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, transfer } from '../testing/samples.ts';
import { openAccounts } from './accounts.ts';
import { changeMetadata, listAccounts } from './list-accounts.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';
import { readBalancesAt } from './read-balances-at.ts';
import { readStatement, type StatementLine, type StatementRange } from './statement.ts';

let db: FreshDatabase;

/** Posted in this order; each counts on a day of its own choice. */
const effectiveDays = [3, 1, 2, 2, 5, 4, 1, 3, 2, 9];
const day = (number: number): string => `2017-07-0${number}T00:00:00.000Z`;
const recorded: { readonly at: string; readonly day: number; readonly minor: bigint }[] = [];

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
  const metadata = { region: 'north', kind: 'seller' };
  await withTransaction(db.app, (tx) =>
    openAccounts(tx, [
      account('fund'),
      account('shop', { metadata }),
      account('shop-2', { metadata: { region: 'south' } }),
      account('yuan', { currency: money(0n, 'CNY').currency, metadata }),
    ]),
  );
  for (const [index, number] of effectiveDays.entries()) {
    const minor = BigInt(index + 1);
    const isOut = index % 3 === 2;
    await withTransaction(db.app, (tx) =>
      postTransfers(tx, [
        transfer(`t${index}`, {
          debitAccount: isOut ? 'shop' : 'fund',
          creditAccount: isOut ? 'fund' : 'shop',
          amount: money(minor, 'USD'),
          effectiveAt: day(number),
        }),
      ]),
    );
    const [row] = await db.app.query<{ at: string }>(
      `select to_char(clock_timestamp() + interval '1 ms', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
    );
    recorded.push({ at: row?.at ?? '', day: number, minor: isOut ? -minor : minor });
    await db.app.query('select pg_sleep(0.003)');
  }
});
afterAll(() => db.drop());

function sum(which: (one: (typeof recorded)[number]) => boolean): bigint {
  return recorded.filter(which).reduce((total, { minor }) => total + minor, 0n);
}

describe('a balance', () => {
  test('as recorded at any moment', async () => {
    for (const [index, { at }] of recorded.entries()) {
      const balances = expectAnswer(await readBalancesAt(db.app, ['shop'], { recordedAt: at }));
      expect(balances.get('shop')).toBe(sum((one) => recorded.indexOf(one) <= index));
    }
    const before = await readBalancesAt(db.app, ['shop'], { recordedAt: '2017-01-01T00:00:00Z' });
    expect(expectAnswer(before)).toEqual(new Map([['shop', 0n]]));
  });

  test('as effective at any moment, and as it was known at any other', async () => {
    for (let number = 1; number <= 9; number += 1) {
      const effectiveAt = day(number);
      const now = expectAnswer(await readBalancesAt(db.app, ['shop'], { effectiveAt }));
      expect(now.get('shop')).toBe(sum((one) => one.day <= number));
      const recordedAt = recorded[4]?.at ?? '';
      const then = expectAnswer(
        await readBalancesAt(db.app, ['shop'], { effectiveAt, recordedAt }),
      );
      expect(then.get('shop')).toBe(sum((one) => one.day <= number && recorded.indexOf(one) <= 4));
    }
  });

  test('of an account that does not exist has no key; a moment must be one', async () => {
    const found = await readBalancesAt(db.app, ['nobody', '\u0000'], { effectiveAt: day(1) });
    expect(expectAnswer(found).size).toBe(0);
    for (const moment of [{}, { recordedAt: 'now' }, { effectiveAt: day(1), recordedAt: 'now' }]) {
      expect(await readBalancesAt(db.app, ['shop'], moment)).toMatchObject({
        code: 'MOMENT_MALFORMED',
      });
    }
  });
});

/** All lines, page by page, from one end or the other. */
async function pageThrough(
  range: StatementRange,
  backwards: boolean,
): Promise<readonly StatementLine[]> {
  const lines: StatementLine[] = [];
  let cursor: object = backwards ? { before: 'end' } : {};
  for (;;) {
    const page = expectAnswer(await readStatement(db.app, 'shop', { ...range, ...cursor }));
    if (backwards) lines.unshift(...page.lines);
    else lines.push(...page.lines);
    const next = backwards ? page.previous : page.next;
    if (next === null) return lines;
    cursor = backwards ? { before: next } : { after: next };
  }
}

describe('a statement', () => {
  const orders = [
    ['recorded', recorded],
    ['effective', recorded],
  ] as const;

  test.each(orders)('in %s order is the same list from either end', async (order) => {
    const expected =
      order === 'recorded'
        ? recorded
        : recorded
            .map((one, index) => ({ one, index }))
            .sort((left, right) => left.one.day - right.one.day || left.index - right.index)
            .map(({ one }) => one);
    let balance = 0n;
    const lines = expected.map(({ minor, day: number }) => {
      balance += minor;
      return [minor, balance, day(number)];
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.boolean(), async (limit, backwards) => {
        const found = await pageThrough({ order, limit }, backwards);
        expect(
          found.map((line) => [line.amountMinor, line.balanceMinor, line.effectiveAt]),
        ).toEqual(lines);
      }),
      { numRuns: 12 },
    );
  });

  test('between two moments keeps the balances of the whole', async () => {
    const range = { since: day(2), until: day(4), limit: 100 };
    const lines = await pageThrough({ ...range, order: 'effective' }, false);
    expect(lines.map(({ effectiveAt }) => effectiveAt)).toEqual([
      ...[day(2), day(2), day(2)],
      ...[day(3), day(3)],
    ]);
    expect(lines[0]?.balanceMinor).toBe(sum((one) => one.day < 2) + (lines[0]?.amountMinor ?? 0n));
    expect(await pageThrough({ ...range, order: 'effective', limit: 2 }, true)).toEqual(lines);
    expect(await pageThrough(range, false)).toEqual([]);
    const [from, to] = [recorded[2]?.at ?? '', recorded[5]?.at ?? ''];
    const between = await pageThrough({ since: from, until: to, limit: 2 }, false);
    expect(between.map(({ reference }) => reference)).toEqual(['t3', 't4', 't5']);
  });

  test('refuses what is no moment and two cursors at once', async () => {
    expect(await readStatement(db.app, 'shop', { since: 'now', limit: 1 })).toMatchObject({
      code: 'STATEMENT_TIME_MALFORMED',
    });
    expect(
      await readStatement(db.app, 'shop', { after: '1', before: '2', limit: 1 }),
    ).toMatchObject({ code: 'STATEMENT_CURSOR_MALFORMED' });
    expect(await readStatement(db.app, 'shop', { after: '1.1', limit: 1 })).toMatchObject({
      code: 'STATEMENT_CURSOR_MALFORMED',
    });
  });
});

describe('accounts', () => {
  const codes = async (filter: object): Promise<readonly string[]> =>
    expectAnswer(await listAccounts(db.app, { limit: 10, ...filter })).map(({ code }) => code);

  test('are listed by prefix, currency, state and metadata, page by page', async () => {
    expect(await codes({})).toEqual(['fund', 'shop', 'shop-2', 'yuan']);
    expect(await codes({ prefix: 'shop' })).toEqual(['shop', 'shop-2']);
    expect(await codes({ currency: 'CNY' })).toEqual(['yuan']);
    expect(await codes({ isClosed: true })).toEqual([]);
    expect(await codes({ metadata: { region: 'north' } })).toEqual(['shop', 'yuan']);
    expect(await codes({ metadata: { region: 'north', kind: 'x' } })).toEqual([]);
    expect(await codes({ limit: 2 })).toEqual(['fund', 'shop']);
    expect(await codes({ limit: 2, after: 'shop' })).toEqual(['shop-2', 'yuan']);
    expect(await listAccounts(db.app, { limit: 0 })).toMatchObject({
      code: 'ACCOUNT_LIMIT_INVALID',
    });
  });

  test('can be described anew', async () => {
    const describe = (code: string, metadata: Record<string, string>) =>
      withTransaction(db.app, (tx) => changeMetadata(tx, code, metadata));
    expect(await describe('fund', { owner: '优惠券' })).toEqual({ owner: '优惠券' });
    expect(await codes({ metadata: { owner: '优惠券' } })).toEqual(['fund']);
    expect(await describe('nobody', {})).toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
    expect(await describe('fund', { '': 'x', y: '\u0000' })).toMatchObject({
      code: 'ACCOUNT_METADATA_INVALID',
      details: { faults: [expect.any(String), expect.any(String)] },
    });
  });
});
