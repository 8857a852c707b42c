import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchRequestSchema, type BatchRequest } from './batch.ts';
import { Books, type Outcome } from './books.ts';
import { openAccountingStore, type AccountingStore } from './store/accounting-store.ts';
import { sampleBatch, sampleEntry } from './testing/sample-batch.ts';

const at = '2017-07-03T10:00:00.000Z';
let folder: string;
let store: AccountingStore;
let books: Books;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'accounting-'));
  store = openAccountingStore(join(folder, 'books', 'books.sqlite'));
  books = new Books(store);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const request = (batch = sampleBatch()): BatchRequest => batchRequestSchema.parse(batch);
const book = (key: string, batch = sampleBatch()): Outcome => books.book(key, request(batch), at);
const allEntries = (): readonly { readonly key: string }[] =>
  books.entries({ after: 0n, limit: 1_000, batch: null }).entries;

describe('book', () => {
  test('books each entry on both accounts, and says so by a receipt', () => {
    expect(book('b-1')).toEqual({
      kind: 'booked',
      fresh: true,
      batch: {
        ...{ key: 'b-1', receipt: 'ACC-1', institution: 'corner', rule: 'subsidy.coupon' },
        ...{ entries: 1, receivedAt: at },
      },
    });
    expect(books.balances()).toEqual([
      { account: 'funding/brand-1', balance: { amount: '-12.30', currency: 'USD' } },
      { account: 'payable/367', balance: { amount: '12.30', currency: 'USD' } },
    ]);
    expect(allEntries()).toEqual([{ ...sampleEntry('e-1'), batch: 'b-1' }]);
  });

  test('the same key and body get the first answer, and book nothing twice', () => {
    const first = book('b-1');
    expect(books.book('b-1', request(), '2017-07-04T00:00:00.000Z')).toEqual({
      ...first,
      fresh: false,
    });
    expect(books.counts()).toEqual({ batches: 1, entries: 1 });
  });

  test.each([
    ['another amount', sampleBatch([sampleEntry('e-1', { amount: usd('12.31') })])],
    ['another entry', sampleBatch([sampleEntry('e-2')])],
    ['another rule', { ...sampleBatch(), rule: 'subsidy.match' }],
  ])('the same key with %s is a conflict', (_, other) => {
    book('b-1');
    expect(book('b-1', other)).toMatchObject({
      ...{ kind: 'conflict', rejection: { code: 'IDEMPOTENCY_KEY_REUSED' } },
    });
    expect(books.counts().entries).toBe(1);
  });

  test('an entry that is booked already refuses a whole batch under another key', () => {
    book('b-1');
    const other = sampleBatch([sampleEntry('e-0'), sampleEntry('e-1')]);
    expect(book('b-2', other)).toMatchObject({ rejection: { code: 'ENTRY_KEY_REUSED' } });
    expect(allEntries()).toHaveLength(1);
    expect(books.find('b-2')).toBeUndefined();
  });

  test('an entry that is twice in one batch refuses it', () => {
    const twice = sampleBatch([sampleEntry('e-1'), sampleEntry('e-1')]);
    expect(book('b-1', twice)).toMatchObject({ rejection: { code: 'ENTRY_KEY_REPEATED' } });
    expect(books.counts()).toEqual({ batches: 0, entries: 0 });
  });

  test.each([
    ['no amount', { amount: usd('0.00') }],
    ['a negative amount', { amount: usd('-1.00') }],
    ['too many places', { amount: usd('1.234') }],
    ['a currency that is none', { amount: { amount: '1.00', currency: 'XXQ' } }],
    ['too large an amount', { amount: usd('92233720368547758.08') }],
    ['one account', { credit: 'funding/brand-1' }],
  ])('%s is rejected, and the key stays free', (_, changes) => {
    expect(book('b-1', sampleBatch([sampleEntry('e-1', changes)]))).toMatchObject({
      ...{ kind: 'rejected', rejection: { code: 'ENTRY_INVALID' } },
    });
    expect(book('b-1').kind).toBe('booked');
  });
});

test('whatever arrives how often, each entry is booked once and the balances sum to zero', () => {
  const deliveries = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), {
    maxLength: 12,
  });
  let run = 0;
  fc.assert(
    fc.property(deliveries, (arrivals) => {
      run += 1;
      const before = books.counts().entries;
      const booked = new Set<number>();
      for (const [number, changed] of arrivals) {
        const key = `run-${run}-${number}`;
        const amount = changed ? usd('1.00') : usd('2.00');
        const batch = sampleBatch([sampleEntry(`${key}-a`), sampleEntry(`${key}-b`, { amount })]);
        if (book(key, batch).kind === 'booked') booked.add(number);
      }
      expect(books.counts().entries - before).toBe(booked.size * 2);
      const cents = books.balances().map(({ balance }) => BigInt(balance.amount.replace('.', '')));
      expect(cents.reduce((sum, one) => sum + one, 0n)).toBe(0n);
    }),
    { numRuns: 60 },
  );
});

test('the list of entries holds each once, whatever the page size', () => {
  const entries = Array.from({ length: 7 }, (_, index) => sampleEntry(`e-${index}`));
  book('b-1', sampleBatch(entries));
  for (const limit of [1, 2, 3, 7, 8]) {
    const found: string[] = [];
    for (let after: string | null = '0'; after !== null;) {
      const page: { entries: readonly { key: string }[]; next: string | null } = books.entries({
        ...{ after: BigInt(after), limit, batch: 'b-1' },
      });
      found.push(...page.entries.map(({ key }) => key));
      after = page.next;
    }
    expect(found).toEqual(entries.map(({ key }) => key));
  }
});

test('what is booked and armed is there after the books are opened again', () => {
  book('b-1');
  books.arm({ failure: 'delay', times: 2, delayMs: 5 });
  store.close();
  store = openAccountingStore(join(folder, 'books', 'books.sqlite'));
  books = new Books(store);
  expect(books.counts()).toEqual({ batches: 1, entries: 1 });
  expect(books.strike()).toEqual({ failure: 'delay', delayMs: 5 });
  expect(books.armed()).toEqual([{ failure: 'delay', times: 1, delayMs: 5 }]);
  expect(books.strike()).not.toBeNull();
  expect(books.strike()).toBeNull();
});

function usd(amount: string): { readonly amount: string; readonly currency: string } {
  return { amount, currency: 'USD' };
}
