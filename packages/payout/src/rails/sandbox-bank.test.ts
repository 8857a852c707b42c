import { formatMoney, money } from '@sluice/money';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PaymentInstruction, RailAnswer } from '../domain/rail.ts';
import {
  startScriptedServer,
  type Script,
  type ScriptedServer,
} from '../testing/scripted-server.ts';
import { createSandboxBankRail, type SandboxBankRail } from './sandbox-bank.ts';

let server: ScriptedServer;
let rail: SandboxBankRail;

beforeAll(async () => {
  server = await startScriptedServer();
  rail = createSandboxBankRail({ baseUrl: server.baseUrl, timeoutMs: 300 });
});
afterAll(() => server.close());
beforeEach(() => void server.seen.splice(0));

const instruction: PaymentInstruction = {
  attemptKey: 'PO/367:1',
  amount: money(1_230n, 'CNY'),
  creditor: { sellerId: '367', account: 'SBX-367', name: 'Store 367' },
  remittance: 'week 27',
};
const base = {
  key: 'PO/367:1',
  amount: { amount: '12.30', currency: 'CNY' },
  bankReference: 'B-7',
};
const booked = { bookedOn: '2017-07-03' };

const answers: readonly [string, object, RailAnswer][] = [
  ['pending', { ...base, status: 'pending' }, { kind: 'pending', bankReference: 'B-7' }],
  [
    'settled',
    { ...base, ...booked, status: 'settled', returnableUntil: '2017-07-05' },
    { kind: 'settled', bankReference: 'B-7', ...booked, returnableUntil: '2017-07-05' },
  ],
  [
    'final',
    { ...base, ...booked, status: 'final', returnableUntil: '2017-07-05' },
    { kind: 'final', bankReference: 'B-7', ...booked },
  ],
  [
    'returned',
    { ...base, ...booked, status: 'returned', reasonCode: 'AC04', returnedOn: '2017-07-04' },
    { kind: 'returned', bankReference: 'B-7', reasonCode: 'AC04', returnedOn: '2017-07-04' },
  ],
  [
    'rejected',
    { ...base, status: 'rejected', reasonCode: 'AC01', message: 'no such account' },
    { kind: 'rejected', reasonCode: 'AC01', message: 'no such account' },
  ],
];

describe('a definite answer', () => {
  test.each(answers)(
    '%s is passed on, from a submission and from a query',
    async (_, body, answer) => {
      server.script({ status: 201, body }, { status: 200, body }, { status: 200, body });
      expect(await rail.submit(instruction)).toEqual(answer);
      expect(await rail.submit(instruction)).toEqual(answer);
      expect(await rail.query('PO/367:1')).toEqual(answer);
    },
  );

  test('a rejection by problem document is a rejection', async () => {
    const problem = { code: 'PAYMENT_REJECTED', reasonCode: 'AM01', detail: 'amount is zero' };
    server.script({ status: 400, body: problem });
    const answer = { kind: 'rejected', reasonCode: 'AM01', message: 'amount is zero' };
    expect(await rail.submit(instruction)).toEqual(answer);
  });

  test('not-found takes the word of the bank itself', async () => {
    server.script(
      { status: 404, body: { code: 'PAYMENT_UNKNOWN', detail: 'never seen' } },
      { status: 404, body: { error: 'no such page' } },
    );
    expect(await rail.query('PO/367:1')).toEqual({ kind: 'not-found' });
    expect(await rail.query('PO/367:1')).toMatchObject({ kind: 'unknown' });
  });
});

const conflict = { code: 'IDEMPOTENCY_KEY_REUSED', detail: 'another body' };
const rejection = { code: 'PAYMENT_REJECTED', reasonCode: 'AC01', detail: 'no' };
const doubts: readonly [string, Script, string][] = [
  ['silence', 'silence', 'within 300 ms'],
  ['a cut connection', 'cut', 'connection to the bank failed'],
  ['a connection cut inside the answer', 'cut-in-body', 'connection to the bank failed'],
  ['HTTP 500', { status: 500, body: {} }, 'HTTP 500'],
  ['a rejection with HTTP 500', { status: 500, body: rejection }, 'HTTP 500'],
  ['HTTP 503 in HTML', { status: 503, raw: '<html>' }, 'HTTP 503'],
  ['a redirect', { status: 307, body: {} }, 'HTTP 307'],
  ['garbage', { status: 200, raw: '{"key":' }, 'no payment'],
  ['an empty body', { status: 200, raw: '' }, 'no payment'],
  ['JSON of another shape', { status: 200, body: { ok: true } }, 'no payment'],
  ['an unheard-of status', { status: 200, body: { ...base, status: 'fine' } }, 'no payment'],
  [
    'a date that is none',
    { status: 200, body: { ...base, status: 'final', bookedOn: '3 July' } },
    'no payment',
  ],
  [
    'the payment of another key',
    { status: 200, body: { ...base, key: 'X', status: 'pending' } },
    '"X"',
  ],
  ['HTTP 409', { status: 409, body: { code: 'BUSY', detail: 'running' } }, 'BUSY: running'],
  ['a conflict on the key', { status: 422, body: conflict }, 'IDEMPOTENCY_KEY_REUSED'],
  ['HTTP 401', { status: 401, body: {} }, 'HTTP 401'],
];

describe('doubt', () => {
  test.each(doubts)('%s is unknown for a submission, never a failure', async (_, step, words) => {
    server.script(step);
    const answer = await rail.submit(instruction);
    expect(answer.kind).toBe('unknown');
    expect('message' in answer && answer.message).toContain(words);
    expect(server.seen).toHaveLength(1);
  });

  test.each(doubts)('%s is unknown for a query', async (_, step) => {
    server.script(step);
    expect((await rail.query('PO/367:1')).kind).toBe('unknown');
  });

  test('nobody listening is unknown', async () => {
    const closed = await startScriptedServer();
    await closed.close();
    const nobody = createSandboxBankRail({ baseUrl: closed.baseUrl, timeoutMs: 300 });
    const answer = await nobody.submit(instruction);
    expect(answer.kind).toBe('unknown');
    expect('message' in answer && answer.message).toContain('ECONNREFUSED');
  });
});

test('the bank is told the key in its header and the exact amount as text', async () => {
  server.script({ status: 201, body: { ...base, status: 'pending' } }, 'cut');
  await rail.submit(instruction);
  await rail.query('PO/367:1');
  expect(server.seen).toEqual([
    {
      ...{ method: 'POST', url: '/payments', key: '"PO/367:1"' },
      body: {
        amount: { amount: '12.30', currency: 'CNY' },
        creditor: { id: '367', account: 'SBX-367', name: 'Store 367' },
        remittance: 'week 27',
      },
    },
    { method: 'GET', url: '/payments/PO%2F367%3A1', key: undefined, body: undefined },
  ]);
});

describe('payments', () => {
  test('reads every page of what the bank paid', async () => {
    const page = (key: string, next: string | null): Script => ({
      status: 200,
      body: { payments: [{ ...base, key, status: 'pending' }], next },
    });
    server.script(page('a', '17'), page('b', null));
    const payments = await rail.payments();
    expect(payments.map(({ attemptKey }) => attemptKey)).toEqual(['a', 'b']);
    expect(payments.map(({ amount }) => formatMoney(amount))).toEqual(['12.30 CNY', '12.30 CNY']);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/payments?limit=1000',
      '/payments?limit=1000&after=17',
    ]);
  });

  test.each([
    ['silence', 'silence'],
    ['HTTP 500', { status: 500, body: {} }],
    ['another shape', { status: 200, body: {} }],
    [
      'an amount that is none',
      {
        status: 200,
        body: {
          payments: [{ ...base, amount: { amount: '1.2', currency: 'CNY' }, status: 'pending' }],
          next: null,
        },
      },
    ],
  ] satisfies [string, Script][])('%s throws: half a list proves nothing', async (_, step) => {
    server.script(step);
    await expect(rail.payments()).rejects.toThrow();
  });
});
