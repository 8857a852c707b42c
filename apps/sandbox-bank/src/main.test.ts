import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const children: ChildProcess[] = [];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-bank-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(env: Readonly<Record<string, string>>, ...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function start(dataFile: string): Promise<{ child: ChildProcess; baseUrl: string }> {
  const child = run({ DATA: dataFile, LOG_LEVEL: 'error' });
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await once(lines, 'line')) as [string];
  return { child, baseUrl: (JSON.parse(line) as { listening: string }).listening };
}

async function ended(child: ChildProcess): Promise<{ code: unknown; out: string; err: string }> {
  const [out, err, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit') as Promise<[unknown]>,
  ]);
  return { code, out, err };
}

const ask = async (url: string): Promise<unknown> => (await fetch(url)).json();

function payment(baseUrl: string, key: string): Promise<Response> {
  return fetch(`${baseUrl}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({
      amount: { amount: '12.30', currency: 'CNY' },
      creditor: { id: '367', account: 'SBX-367', name: 'Store 367' },
      remittance: 'week 27',
    }),
  });
}

async function armTimeout(baseUrl: string): Promise<void> {
  const body = JSON.stringify({ failure: 'timeout-after-paid', times: 2 });
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${baseUrl}/script`, { method: 'POST', headers, body });
  expect(status).toBe(201);
}

async function untilPaid(baseUrl: string, key: string): Promise<void> {
  while ((await fetch(`${baseUrl}/payments/${key}`)).status !== 200);
}

test('killed after a payment that it never answered, it still knows that it paid', async () => {
  const dataFile = join(folder, 'killed.sqlite');
  const first = await start(dataFile);
  await armTimeout(first.baseUrl);
  const cut = payment(first.baseUrl, 'P:1').catch((error: unknown) => error);
  await untilPaid(first.baseUrl, 'P:1');
  first.child.kill('SIGKILL');
  expect(await cut).toBeInstanceOf(TypeError);

  const second = await start(dataFile);
  expect(await ask(`${second.baseUrl}/payments/P:1`)).toMatchObject({ status: 'settled' });
  expect(await ask(`${second.baseUrl}/script`)).toEqual({
    armed: [{ failure: 'timeout-after-paid', times: 1 }],
  });
  expect((await payment(second.baseUrl, 'P:1')).status).toBe(201);
  expect(await ask(`${second.baseUrl}/health`)).toMatchObject({
    ...{ payments: { settled: 1 }, pid: second.child.pid },
  });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops it cleanly, whoever it keeps waiting',
  async (signal) => {
    const { child, baseUrl } = await start(join(folder, `${signal}.sqlite`));
    await armTimeout(baseUrl);
    const cut = payment(baseUrl, 'P:1').catch((error: unknown) => error);
    await untilPaid(baseUrl, 'P:1');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await cut).toBeInstanceOf(TypeError);
  },
);

test('help says what it reads', async () => {
  const { code, out } = await ended(run({}, '--help'));
  expect(code).toBe(0);
  for (const word of ['DATA', 'PORT', 'LOG_LEVEL', '--help']) expect(out).toContain(word);
});

test.each([
  [{ PORT: 'x' }, [], 2, 'PORT is "x": expected'],
  [{}, [], 2, 'DATA is not set: expected'],
  [{ DATA: '/dev/null/bank.sqlite' }, [], 1, 'the data file /dev/null/bank.sqlite cannot be used'],
  [{ DATA: 'x' }, ['--nonsense'], 1, '--nonsense'],
])('%j %j ends with %i and says why', async (env, args, expected, words) => {
  const { code, out, err } = await ended(run(env, ...args));
  expect([code, out]).toEqual([expected, '']);
  expect(err).toContain(words);
  expect(err).not.toContain('    at ');
});

test('a port that is taken ends it with a message', async () => {
  const { baseUrl } = await start(join(folder, 'one.sqlite'));
  const port = new URL(baseUrl).port;
  const { code, err } = await ended(run({ DATA: join(folder, 'two.sqlite'), PORT: port }));
  expect(code).toBe(1);
  expect(err).toContain('EADDRINUSE');
});
