import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { money } from '@sluice/money';
import {
  attemptKeyOf,
  createSandboxBankRail,
  type PaymentInstruction,
  type RailAnswer,
  type SandboxBankRail,
} from '@sluice/payout';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bank } from './bank.ts';
import { startSandboxBank, type RunningBank } from './index.ts';
import type { Script } from './script.ts';
import { openBankStore } from './store/bank-store.ts';

let folder: string;
let dataFile: string;
let bank: RunningBank;
let rail: SandboxBankRail;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-bank-'));
  dataFile = join(folder, 'bank.sqlite');
  // A bank's own date would make every expected answer depend on the day of the test.
  openBankStore(dataFile, '2017-07-03').close();
  await open();
});
afterEach(async () => {
  await bank.close();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<void> {
  bank = await startSandboxBank({ dataFile, port: 0, logLevel: 'silent' });
  rail = createSandboxBankRail({ baseUrl: bank.baseUrl, timeoutMs: 10_000 });
}

async function steer(page: string, body?: Script): Promise<void> {
  const { ok } = await fetch(new URL(page, bank.baseUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(ok).toBe(true);
}

function instruction(changes: Partial<PaymentInstruction> = {}): PaymentInstruction {
  return {
    attemptKey: attemptKeyOf('367:2017-W27', 1),
    amount: money(1_230n, 'CNY'),
    creditor: { sellerId: '367', account: 'SBX-367', name: 'Store 367' },
    remittance: 'Subsidies of week 27',
    ...changes,
  };
}
const { attemptKey } = instruction();
const settled: RailAnswer = {
  ...{ kind: 'settled', bankReference: 'SBX20170703-1' },
  ...{ bookedOn: '2017-07-03', returnableUntil: '2017-07-05' },
};
const listed = (status: string): readonly object[] => [
  { attemptKey, amount: money(1_230n, 'CNY'), status },
];

describe('a payment', () => {
  test('is settled, by the submission, by a query and in the list', async () => {
    expect(await rail.submit(instruction())).toEqual(settled);
    expect(await rail.query(attemptKey)).toEqual(settled);
    expect(await rail.payments()).toEqual(listed('settled'));
  });

  test('is made once, however many submissions of one attempt arrive together', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => rail.submit(instruction())));
    for (const answer of answers) expect(answer).toEqual(settled);
    expect(await rail.payments()).toEqual(listed('settled'));
  });

  test('of another content under the same key is unknown, and the first one stands', async () => {
    await rail.submit(instruction());
    const other = await rail.submit(instruction({ amount: money(1_231n, 'CNY') }));
    expect(other.kind).toBe('unknown');
    expect('message' in other && other.message).toContain('IDEMPOTENCY_KEY_REUSED');
    expect(await rail.payments()).toEqual(listed('settled'));
  });

  test('is final when its window is over; a late submission still hears settled', async () => {
    await rail.submit(instruction());
    for (let day = 1; day <= 3; day += 1) await steer('/business-day');
    const final = { kind: 'final', bankReference: 'SBX20170703-1', bookedOn: '2017-07-03' };
    expect(await rail.query(attemptKey)).toEqual(final);
    expect(await rail.submit(instruction())).toEqual(settled);
    expect(await rail.payments()).toEqual(listed('final'));
  });
});

test('a key that the bank has never seen is not-found', async () => {
  expect(await rail.query(attemptKey)).toEqual({ kind: 'not-found' });
  expect(await rail.payments()).toEqual([]);
});

test.each([
  ['AC01', { creditor: { sellerId: '367', account: '367', name: 'Store 367' } }],
  ['AM01', { amount: money(0n, 'CNY') }],
  ['AM02', { amount: money(2n ** 63n, 'CNY') }],
  ['AM12', { amount: money(-1n, 'CNY') }],
])('a rejection by %s is a definite no, also to a query', async (reasonCode, changes) => {
  const answer = await rail.submit(instruction(changes));
  expect(answer).toMatchObject({ kind: 'rejected', reasonCode });
  expect(await rail.query(attemptKey)).toEqual(answer);
  expect(await rail.submit(instruction(changes))).toEqual(answer);
  expect(await rail.payments()).toEqual([]);
});

describe('a bank that does not answer', () => {
  test('has paid: the rail says unknown, and a query says settled', async () => {
    await steer('/script', { failure: 'timeout-after-paid', times: 1 });
    const impatient = createSandboxBankRail({ baseUrl: bank.baseUrl, timeoutMs: 200 });
    expect((await impatient.submit(instruction())).kind).toBe('unknown');
    expect(await rail.query(attemptKey)).toEqual(settled);
    expect(await rail.submit(instruction())).toEqual(settled);
    expect(await rail.payments()).toEqual(listed('settled'));
  });

  test('because it is down, is unknown and never not-found, until it is up again', async () => {
    await rail.submit(instruction());
    await bank.close();
    expect((await rail.query(attemptKey)).kind).toBe('unknown');
    expect((await rail.submit(instruction())).kind).toBe('unknown');
    await expect(rail.payments()).rejects.toThrow(/connection to the bank failed/);
    await open();
    expect(await rail.query(attemptKey)).toEqual(settled);
  });
});

test('a return is told by a query on the next business day, with its reason and date', async () => {
  await steer('/script', { failure: 'return-next-day', times: 1, reasonCode: 'AC06' });
  expect(await rail.submit(instruction())).toEqual(settled);
  expect(await rail.query(attemptKey)).toEqual(settled);
  await steer('/business-day');
  expect(await rail.query(attemptKey)).toEqual({
    ...{ kind: 'returned', bankReference: 'SBX20170703-1' },
    ...{ reasonCode: 'AC06', returnedOn: '2017-07-04' },
  });
  expect(await rail.payments()).toEqual(listed('returned'));
});

test('the list holds every payment, also past one page of the bank', async () => {
  await bank.close();
  const store = openBankStore(dataFile, '2017-07-03');
  const books = new Bank(store);
  const keys = Array.from({ length: 1_001 }, (_, index) => attemptKeyOf(`P${index}`, 1));
  const { remittance } = instruction();
  const creditor = { id: '367', account: 'SBX-367', name: 'Store 367' };
  store.db.exec('pragma synchronous = off');
  const amount = { amount: '12.30', currency: 'CNY' };
  for (const key of keys) books.pay(key, { amount, creditor, remittance });
  store.close();
  await open();
  expect((await rail.payments()).map((payment) => payment.attemptKey)).toEqual(keys);
});

const words = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength })
    .filter((text) => text.trim() !== '' && text.length <= maxLength && !/\p{Cc}/u.test(text));

/** All that a payout may say: see `PAYOUT_INVALID` of @sluice/payout. */
const payable: fc.Arbitrary<PaymentInstruction> = fc.record({
  attemptKey: fc
    .tuple(fc.stringMatching(/^[A-Za-z0-9._:/@-]{1,80}$/), fc.integer({ min: 1, max: 999 }))
    .map(([id, number]) => attemptKeyOf(id, number)),
  amount: fc
    .tuple(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), fc.constantFrom('CNY', 'USD', 'JPY'))
    .map(([minor, currency]) => money(minor, currency)),
  creditor: fc.record({
    sellerId: words(80),
    account: fc.constantFrom('SBX-367', 'GB82WEST12345698765432'),
    name: words(140),
  }),
  remittance: words(140),
});

test('the bank takes whatever a payout may say, and books its amount exactly', async () => {
  const expected = new Map<string, object>();
  await fc.assert(
    fc.asyncProperty(payable, async (payment) => {
      fc.pre(!expected.has(payment.attemptKey));
      const answer = await rail.submit(payment);
      expect(answer.kind).toBe('settled');
      expect(await rail.submit(payment)).toEqual(answer);
      expect(await rail.query(payment.attemptKey)).toEqual(answer);
      const { attemptKey: key, amount } = payment;
      expected.set(key, { attemptKey: key, amount, status: 'settled' });
    }),
    { numRuns: 60 },
  );
  expect(await rail.payments()).toEqual([...expected.values()]);
});
