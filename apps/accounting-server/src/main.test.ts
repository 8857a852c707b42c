import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sampleBatch } from './testing/sample-batch.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const children: ChildProcess[] = [];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'accounting-'));
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
const post = (url: string, body: unknown, key = ''): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });

test('killed after a batch that it never answered, it still knows that it booked it', async () => {
  const dataFile = join(folder, 'killed.sqlite');
  const first = await start(dataFile);
  await post(`${first.baseUrl}/script`, { failure: 'answer-lost', times: 2 });
  const cut = post(`${first.baseUrl}/batches`, sampleBatch(), 'b-1').catch((e: unknown) => e);
  while ((await fetch(`${first.baseUrl}/batches/b-1`)).status !== 200);
  first.child.kill('SIGKILL');
  expect(await cut).toBeInstanceOf(TypeError);

  const second = await start(dataFile);
  expect(await ask(`${second.baseUrl}/batches/b-1`)).toMatchObject({ receipt: 'ACC-1' });
  expect(await ask(`${second.baseUrl}/script`)).toEqual({
    armed: [{ failure: 'answer-lost', times: 1 }],
  });
  expect(await ask(`${second.baseUrl}/health`)).toEqual({
    ...{ batches: 1, entries: 1, pid: second.child.pid },
  });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops it cleanly, whoever it keeps waiting',
  async (signal) => {
    const { child, baseUrl } = await start(join(folder, `${signal}.sqlite`));
    await post(`${baseUrl}/script`, { failure: 'answer-lost' });
    const cut = post(`${baseUrl}/batches`, sampleBatch(), 'b-1').catch((e: unknown) => e);
    while ((await fetch(`${baseUrl}/batches/b-1`)).status !== 200);
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
  [{ DATA: '/dev/null/b.sqlite' }, [], 1, 'the data file /dev/null/b.sqlite cannot be used'],
  [{ DATA: 'x' }, ['--nonsense'], 1, '--nonsense'],
])('%j %j ends with %i and says why', async (env, args, expected, words) => {
  const { code, out, err } = await ended(run(env, ...args));
  expect([code, out]).toEqual([expected, '']);
  expect(err).toContain(words);
  expect(err).not.toContain('    at ');
});
