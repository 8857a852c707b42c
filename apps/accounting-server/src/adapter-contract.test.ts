import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createHttpAccountingServer,
  type AccountingBooks,
  type AccountingServer,
  type BookedEntry,
} from '@sluice/ledger';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAccountingServer, type RunningAccountingServer } from './index.ts';
import { sampleBatch, sampleEntry } from './testing/sample-batch.ts';

/** The server and the ledger's adapter to it, held to one another. */
const patientMs = 30_000;
const timeoutMs = 300;
let folder: string;
let server: RunningAccountingServer;
let adapter: AccountingServer & AccountingBooks;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'accounting-'));
  const dataFile = join(folder, 'books.sqlite');
  server = await startAccountingServer({ dataFile, port: 0, logLevel: 'silent' });
  adapter = createHttpAccountingServer({ baseUrl: server.baseUrl, timeoutMs: patientMs });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function arm(failure: string, rest: object = {}): Promise<void> {
  const { status } = await fetch(`${server.baseUrl}/script`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ failure, ...rest }),
  });
  expect(status).toBe(201);
}

async function booked(): Promise<readonly BookedEntry[]> {
  const all: BookedEntry[] = [];
  for await (const page of adapter.entries()) all.push(...page);
  return all;
}

describe('a batch', () => {
  test('is accepted once, whoever sends it how often, and the query says the same', async () => {
    const first = await adapter.send(sampleBatch(), 'b-1');
    expect(first).toEqual({ kind: 'accepted', receipt: 'ACC-1' });
    const again = await Promise.all([1, 2, 3, 4].map(() => adapter.send(sampleBatch(), 'b-1')));
    expect(again).toEqual([first, first, first, first]);
    expect(await adapter.query('b-1')).toEqual(first);
    expect(await booked()).toEqual([{ ...sampleEntry('e-1'), batch: 'b-1' }]);
  });

  test('that is not known is not found', async () => {
    expect(await adapter.query('b-1')).toEqual({ kind: 'not-found' });
  });

  test('of another body under a used key is refused with its code', async () => {
    await adapter.send(sampleBatch(), 'b-1');
    expect(await adapter.send(sampleBatch([sampleEntry('e-2')]), 'b-1')).toMatchObject({
      ...{ kind: 'refused', code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await booked()).toHaveLength(1);
  });

  test('with an amount that cannot be booked is refused', async () => {
    const amount = { amount: '0.00', currency: 'USD' };
    const answer = await adapter.send(sampleBatch([sampleEntry('e-1', { amount })]), 'b-1');
    expect(answer).toMatchObject({ kind: 'refused', code: 'ENTRY_INVALID' });
    expect(await booked()).toEqual([]);
  });

  test.each([
    ['answer-lost', {}, 1, 'did not answer within 300 ms'],
    ['error-before-booking', {}, 0, 'HTTP 500'],
    ['error-after-booking', {}, 1, 'HTTP 500'],
    ['delay', { delayMs: 2_000 }, 1, 'did not answer within 300 ms'],
  ])('that meets %s %j is unknown, and the query tells', async (failure, rest, count, words) => {
    await arm(failure, rest);
    // However slow the machine is: only what has to time out is given little time.
    const givenMs = words.startsWith('did not answer') ? timeoutMs : patientMs;
    const hasty = createHttpAccountingServer({ baseUrl: server.baseUrl, timeoutMs: givenMs });
    const answer = await hasty.send(sampleBatch(), 'b-1');
    expect(answer).toMatchObject({ kind: 'unknown' });
    expect('message' in answer && answer.message).toContain(words);
    const asked = await adapter.query('b-1');
    expect(asked.kind).toBe(count === 1 ? 'accepted' : 'not-found');
    expect(await booked()).toHaveLength(count);
    expect(await adapter.send(sampleBatch(), 'b-1')).toEqual({
      ...{ kind: 'accepted', receipt: 'ACC-1' },
    });
    expect(await booked()).toHaveLength(1);
  });

  test('that is delivered twice is booked once', async () => {
    await arm('delivered-twice');
    expect(await adapter.send(sampleBatch(), 'b-1')).toMatchObject({ kind: 'accepted' });
    expect(await booked()).toHaveLength(1);
  });

  test('that is refused by the script is booked when it is sent again', async () => {
    await arm('refuse');
    expect(await adapter.send(sampleBatch(), 'b-1')).toMatchObject({ code: 'PERIOD_CLOSED' });
    expect(await adapter.query('b-1')).toEqual({ kind: 'not-found' });
    expect(await adapter.send(sampleBatch(), 'b-1')).toMatchObject({ kind: 'accepted' });
  });

  test('of many entries comes back page by page, whole', async () => {
    const entries = Array.from({ length: 2_500 }, (_, index) => sampleEntry(`e-${index}`));
    expect(await adapter.send(sampleBatch(entries), 'b-1')).toMatchObject({ kind: 'accepted' });
    expect((await booked()).map(({ key }) => key)).toEqual(entries.map(({ key }) => key));
    expect(await adapter.balances()).toEqual([
      { account: 'funding/brand-1', balance: { amount: '-30750.00', currency: 'USD' } },
      { account: 'payable/367', balance: { amount: '30750.00', currency: 'USD' } },
    ]);
  });
});

describe('what is not the word of an accounting server', () => {
  let other: Server;
  let reply: { readonly status: number; readonly body: string };
  let baseUrl: string;
  beforeEach(async () => {
    other = createServer((_request, response) => {
      response.writeHead(reply.status, { location: '/elsewhere' }).end(reply.body);
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  });
  afterEach(() => other.close());

  const problem = (code: string): string => JSON.stringify({ code, detail: 'no' });
  test.each([
    [200, 'hello'],
    [201, JSON.stringify({ key: 'b-2', receipt: 'X', entries: 1 })],
    [201, JSON.stringify({ key: 'b-1', receipt: 'X', entries: 2 })],
    [302, ''],
    [400, '<html>'],
    [404, problem('ROUTE_UNKNOWN').slice(1)],
    [401, problem('TOKEN_EXPIRED')],
    [408, problem('TIMEOUT')],
    [429, problem('TOO_MANY')],
    [502, '<html>'],
    [503, problem('DOWN')],
  ])('HTTP %i %s leaves a batch unknown', async (status, body) => {
    reply = { status, body };
    const strange = createHttpAccountingServer({ baseUrl, timeoutMs });
    expect(await strange.send(sampleBatch(), 'b-1')).toMatchObject({ kind: 'unknown' });
  });

  test.each([
    [404, '<html>'],
    [404, problem('ROUTE_UNKNOWN')],
    [400, problem('ENTRY_INVALID')],
    [500, ''],
  ])('HTTP %i %s to a query does not say that the batch was never seen', async (status, body) => {
    reply = { status, body };
    const strange = createHttpAccountingServer({ baseUrl, timeoutMs });
    expect(await strange.query('b-1')).toMatchObject({ kind: 'unknown' });
  });

  test('a server that is away leaves all unknown, and its books cannot be read', async () => {
    await new Promise((resolve) => other.close(resolve));
    const away = createHttpAccountingServer({ baseUrl, timeoutMs });
    expect(await away.send(sampleBatch(), 'b-1')).toMatchObject({ kind: 'unknown' });
    expect(await away.query('b-1')).toMatchObject({ kind: 'unknown' });
    await expect(away.balances()).rejects.toThrow('connection');
  });
});
