import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSandboxBank, type RunningBank } from './index.ts';

let folder: string;
let bank: RunningBank;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-bank-'));
  const dataFile = join(folder, 'bank.sqlite');
  bank = await startSandboxBank({ dataFile, port: 0, logLevel: 'silent' });
});
afterEach(async () => {
  await bank.close();
  rmSync(folder, { recursive: true });
});

interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly body: Record<string, unknown>;
}

async function ask(path: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(new URL(path, bank.baseUrl), init);
  const body = (await response.json()) as Record<string, unknown>;
  const [type = null] = response.headers.get('content-type')?.split(';') ?? [];
  return { status: response.status, type, body };
}

const post = (body?: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
});
const send = (path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> =>
  ask(path, post(body, headers));

const payment = {
  amount: { amount: '12.30', currency: 'CNY' },
  creditor: { id: '367', account: 'SBX-367', name: 'Store 367' },
  remittance: 'week 27',
};
const pay = (key: string, body: unknown = payment): Promise<Reply> =>
  send('/payments', body, { 'idempotency-key': key });

describe('POST /payments', () => {
  test('pays once per key, quoted or bare, and repeats its first answer', async () => {
    const first = await pay('"P/367:1"');
    expect(first).toMatchObject({ status: 201, body: { key: 'P/367:1', status: 'settled' } });
    expect(await pay('P/367:1')).toEqual(first);
    expect((await ask('/payments/P%2F367%3A1')).body).toEqual(first.body);
    expect((await ask('/health')).body).toMatchObject({ payments: { settled: 1 } });
  });

  test('many at once with one key make one payment and get one answer', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => pay('P:1')));
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    expect((await ask('/payments')).body).toMatchObject({ payments: [{ key: 'P:1' }], next: null });
  });

  test('refuses a key with another body by 422', async () => {
    await pay('P:1');
    expect(await pay('P:1', { ...payment, remittance: 'other' })).toMatchObject({
      ...{ status: 422, type: 'application/problem+json' },
      body: { code: 'IDEMPOTENCY_KEY_REUSED', status: 422 },
    });
  });

  test('rejects by 400 with the ISO code, and the query says so too', async () => {
    const zero = { ...payment, amount: { amount: '0.00', currency: 'CNY' } };
    const rejected = { code: 'PAYMENT_REJECTED', reasonCode: 'AM01', key: 'P:1' };
    expect(await pay('P:1', zero)).toMatchObject({ status: 400, body: rejected });
    expect(await pay('P:1', zero)).toMatchObject({ status: 400, body: rejected });
    expect(await ask('/payments/P:1')).toMatchObject({
      ...{ status: 200, body: { status: 'rejected', reasonCode: 'AM01' } },
    });
  });

  test.each([
    [
      'an amount as number',
      { ...payment, amount: { amount: 12.3, currency: 'CNY' } },
      'amount.amount',
    ],
    ['a missing field', { ...payment, remittance: undefined }, 'remittance'],
    ['a field too many', { ...payment, note: 'x' }, 'note'],
    [
      'an empty name',
      { ...payment, creditor: { ...payment.creditor, name: ' ' } },
      'creditor.name',
    ],
    ['no body', undefined, 'body'],
    ['no JSON', '{"amount":', 'no JSON'],
  ])('refuses %s by 400 and leaves the key free', async (_, body, words) => {
    const reply = await send('/payments', body, { 'idempotency-key': 'P:1' });
    expect(reply).toMatchObject({ status: 400, body: { code: 'REQUEST_MALFORMED' } });
    expect(reply.body['detail']).toContain(words);
    expect((await ask('/payments/P:1')).status).toBe(404);
  });

  test.each([
    ['', 'an empty'],
    ['a b', 'a spaced'],
    ['x'.repeat(121), 'a long'],
  ])('refuses the key "%s"', async (key) => {
    expect(await pay(key)).toMatchObject({
      ...{ status: 400, body: { code: 'IDEMPOTENCY_KEY_INVALID' } },
    });
  });

  test('refuses a request without a key', async () => {
    const reply = await send('/payments', payment);
    expect(reply).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_INVALID' } });
  });
});

describe('GET', () => {
  test('an unknown key is 404 with a stable code', async () => {
    expect(await ask('/payments/nobody')).toMatchObject({
      ...{ status: 404, type: 'application/problem+json', body: { code: 'PAYMENT_UNKNOWN' } },
    });
  });

  test('the list is paged', async () => {
    for (const key of ['a', 'b', 'c']) await pay(key);
    const first = (await ask('/payments?limit=2')).body;
    expect(first).toMatchObject({ payments: [{ key: 'a' }, { key: 'b' }] });
    const second = (await ask(`/payments?limit=2&after=${String(first['next'])}`)).body;
    expect(second).toMatchObject({ payments: [{ key: 'c' }], next: null });
  });

  test.each(['/payments?limit=0', '/payments?limit=x', '/payments?after=-1', '/payments?page=2'])(
    '%s is 400',
    async (path) => {
      expect(await ask(path)).toMatchObject({ status: 400, body: { code: 'REQUEST_MALFORMED' } });
    },
  );

  test('a page that is none is 404 with another code', async () => {
    expect(await ask('/nothing')).toMatchObject({ status: 404, body: { code: 'ROUTE_UNKNOWN' } });
  });
});

describe('steering', () => {
  test('a payment under return-next-day comes back when the day begins', async () => {
    const armed = { failure: 'return-next-day', times: 1, reasonCode: 'AC06' };
    expect(await send('/script', armed)).toMatchObject({ status: 201, body: { armed: [armed] } });
    expect((await ask('/script')).body).toEqual({ armed: [armed] });
    await pay('P:1');
    expect((await ask('/payments/P:1')).body).toMatchObject({ status: 'settled' });
    expect((await ask('/payments/P:1')).body).not.toHaveProperty('reasonCode');
    expect((await send('/business-day')).body).toMatchObject({ returned: 1, final: 0 });
    expect((await ask('/payments/P:1')).body).toMatchObject({
      ...{ status: 'returned', reasonCode: 'AC06' },
    });
  });

  test.each([
    {},
    { failure: 'explode' },
    { failure: 'timeout-after-paid', times: 0 },
    { failure: 'timeout-after-paid', times: 1.5 },
    { failure: 'timeout-after-paid', reasonCode: 'AC04' },
    { failure: 'return-next-day', reasonCode: 'nope!' },
  ])('refuses the script %j', async (script) => {
    expect(await send('/script', script)).toMatchObject({
      ...{ status: 400, body: { code: 'REQUEST_MALFORMED' } },
    });
    expect((await ask('/script')).body).toEqual({ armed: [] });
  });

  test('the health page tells date, counts and process', async () => {
    expect((await ask('/health')).body).toEqual({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
      payments: { settled: 0, final: 0, returned: 0, rejected: 0 },
      pid: process.pid,
    });
  });
});

describe('a time-out after it has paid', () => {
  const silent = (): Promise<unknown> =>
    fetch(new URL('/payments', bank.baseUrl), {
      ...post(payment, { 'idempotency-key': 'P:1' }),
      signal: AbortSignal.timeout(200),
    }).catch((error: unknown) => error);

  test('the client hears nothing, and a query says that it is settled', async () => {
    await send('/script', { failure: 'timeout-after-paid' });
    expect(await silent()).toMatchObject({ name: 'TimeoutError' });
    expect((await ask('/payments/P:1')).body).toMatchObject({ status: 'settled' });
    expect(await pay('P:1')).toMatchObject({ status: 201, body: { status: 'settled' } });
    expect((await ask('/health')).body).toMatchObject({ payments: { settled: 1 } });
  });

  test('a client that is kept waiting does not keep the bank from stopping', async () => {
    await send('/script', { failure: 'timeout-after-paid' });
    const waiting = fetch(new URL('/payments', bank.baseUrl), {
      ...post(payment, { 'idempotency-key': 'P:1' }),
    }).catch((error: unknown) => error);
    while ((await ask('/payments/P:1')).status !== 200);
    await bank.close();
    expect(await waiting).toBeInstanceOf(TypeError);
  });
});
