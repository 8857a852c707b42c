import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAccount } from './account.ts';
import { Bank } from './bank.ts';
import type { PaymentRequest } from './payment.ts';
import { openBankStore, type BankStore } from './store/bank-store.ts';

let folder: string;
let store: BankStore;
let bank: Bank;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-bank-'));
  open('2017-07-03');
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function open(today: string): void {
  store = openBankStore(join(folder, 'books', 'bank.sqlite'), today);
  bank = new Bank(store);
}

function request(changes: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    amount: { amount: '12.30', currency: 'CNY' },
    creditor: { id: '367', account: 'SBX-367', name: 'Store 367' },
    remittance: 'week 27',
    ...changes,
  };
}
const withAmount = (amount: string, currency = 'CNY'): PaymentRequest =>
  request({ amount: { amount, currency } });
const withAccount = (account: string): PaymentRequest =>
  request({ creditor: { id: '367', account, name: 'Store 367' } });

describe('pay', () => {
  test('books a payment on the date of the bank', () => {
    expect(bank.pay('P:1', request())).toEqual({
      ...{ kind: 'answer', fresh: true },
      payment: {
        ...{ key: 'P:1', status: 'settled', ...request(), bankReference: 'SBX20170703-1' },
        ...{ bookedOn: '2017-07-03', returnableUntil: '2017-07-05' },
      },
    });
    expect(bank.find('P:1')?.status).toBe('settled');
    expect(bank.find('P:2')).toBeUndefined();
  });

  test('gives the first answer to the same key and body for ever, also after a return', () => {
    bank.arm({ failure: 'return-next-day', times: 1, reasonCode: 'AC06' });
    const first = bank.pay('P:1', request());
    bank.nextDay();
    expect(bank.find('P:1')?.status).toBe('returned');
    expect(bank.pay('P:1', request())).toEqual({ ...first, fresh: false });
    expect(bank.counts().returned).toBe(1);
  });

  test.each([
    ['amount', withAmount('12.31')],
    ['account', withAccount('SBX-368')],
    ['remittance', request({ remittance: 'week 28' })],
  ])('refuses the key for another %s', (_, other) => {
    bank.pay('P:1', request());
    expect(bank.pay('P:1', other)).toEqual({ kind: 'key-reused' });
    expect(bank.find('P:1')?.amount).toEqual({ amount: '12.30', currency: 'CNY' });
  });

  test.each([
    ['AM01', withAmount('0.00')],
    ['AM12', withAmount('-1.00')],
    ['AM12', withAmount('1.234')],
    ['AM12', withAmount('1e3')],
    ['AM02', withAmount('92233720368547758.08')],
    ['AM03', withAmount('1.00', 'XXQ')],
    ['AC01', withAccount('')],
    ['AC01', withAccount('367')],
    ['AC01', withAccount('SBX-')],
    ['AC01', withAccount('GB82WEST12345698765433')],
  ])('rejects with %s, keeps the answer, and pays nothing', (reasonCode, bad) => {
    const outcome = bank.pay('P:1', bad);
    expect(outcome).toMatchObject({ payment: { status: 'rejected', reasonCode }, fresh: true });
    expect(bank.pay('P:1', bad)).toEqual({ ...outcome, fresh: false });
    expect(bank.find('P:1')).toMatchObject({ status: 'rejected', reasonCode });
    expect(bank.paid({ after: 0n, limit: 10 })).toEqual({ payments: [], next: null });
  });

  test('keeps the largest amount exactly', () => {
    bank.pay('P:1', withAmount('92233720368547758.07'));
    expect(bank.find('P:1')?.amount.amount).toBe('92233720368547758.07');
  });
});

test.each([
  ['SBX-367', true],
  ['SBX-A-1', true],
  [`SBX-${'9'.repeat(31)}`, false],
  ['sbx-367', false],
  ['GB82WEST12345698765432', true],
  ['DE89370400440532013000', true],
  ['DE88370400440532013000', false],
  ['NO9386011117947', true],
])('%s is an account: %s', (account, expected) => {
  expect(isAccount(account)).toBe(expected);
});

describe('the script', () => {
  test('strikes accepted payments one by one, in the order it was armed', () => {
    bank.arm({ failure: 'timeout-after-paid', times: 2 });
    bank.arm({ failure: 'return-next-day', times: 1, reasonCode: 'AC04' });
    expect(bank.pay('bad', withAmount('0.00')).kind).toBe('answer');
    expect(bank.pay('P:1', request()).kind).toBe('silence');
    expect(bank.pay('P:1', request()).kind).toBe('answer');
    expect(bank.armed()).toEqual([
      { failure: 'timeout-after-paid', times: 1 },
      { failure: 'return-next-day', times: 1, reasonCode: 'AC04' },
    ]);
    expect(bank.pay('P:2', request()).kind).toBe('silence');
    expect(bank.pay('P:3', request())).toMatchObject({ payment: { status: 'settled' } });
    expect(bank.armed()).toEqual([]);
    bank.nextDay();
    const paid = bank.paid({ after: 0n, limit: 10 }).payments;
    expect(paid.map(({ key, status }) => [key, status])).toEqual([
      ...[
        ['P:1', 'settled'],
        ['P:2', 'settled'],
        ['P:3', 'returned'],
      ],
    ]);
    expect(bank.find('P:3')).toMatchObject({ reasonCode: 'AC04', returnedOn: '2017-07-04' });
  });
});

describe('nextDay', () => {
  test('makes payments final when their return window is over, and never before', () => {
    bank.pay('P:1', request());
    expect(bank.nextDay()).toEqual({ date: '2017-07-04', returned: 0, final: 0 });
    expect(bank.nextDay()).toEqual({ date: '2017-07-05', returned: 0, final: 0 });
    expect(bank.nextDay()).toEqual({ date: '2017-07-06', returned: 0, final: 1 });
    expect(bank.find('P:1')).toMatchObject({ status: 'final', bookedOn: '2017-07-03' });
  });

  test('goes on from the stored date after a restart, and over the end of a year', () => {
    store.close();
    rmSync(join(folder, 'books'), { recursive: true });
    open('2017-12-31');
    bank.nextDay();
    store.close();
    open('2030-01-01');
    expect(bank.date()).toBe('2018-01-01');
  });
});

test('the list holds every paid payment once, whatever the page size', () => {
  const sizes = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 5 }));
  let run = 0;
  fc.assert(
    fc.property(sizes, ([count, limit]) => {
      let after = 0n;
      for (const { key } of bank.paid({ after, limit: 1_000 }).payments) {
        store.db.prepare('delete from payment where key = ?').run(key);
      }
      run += 1;
      const keys = Array.from({ length: count }, (_, index) => `R${run}:${index}`);
      for (const key of keys) bank.pay(key, request());
      const listed: string[] = [];
      for (;;) {
        const page = bank.paid({ after, limit });
        listed.push(...page.payments.map(({ key }) => key));
        if (page.next === null) break;
        after = BigInt(page.next);
      }
      expect(listed).toEqual(keys);
    }),
    { numRuns: 40 },
  );
});

describe('the data file', () => {
  test('a file that is none is refused by name', () => {
    const file = join(folder, 'text.sqlite');
    writeFileSync(file, 'this is no database at all, only text that goes on for a while\n');
    expect(() => openBankStore(file, '2017-07-03')).toThrow(/text\.sqlite cannot be used/);
  });

  test('a file of another version is refused', () => {
    store.db.exec('pragma user_version = 99');
    expect(() => open('2017-07-03')).toThrow(/version 99, this bank reads 1/);
  });

  test('its folder is made when missing', () => {
    expect(existsSync(join(folder, 'books', 'bank.sqlite'))).toBe(true);
  });
});
