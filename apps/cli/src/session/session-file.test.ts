import { createServer } from 'node:http';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tempDir } from '../testing/temp-dir.ts';
import { findSession, removeSession, writeSession, type SessionInfo } from './session-file.ts';

/** Something that answers like a sandbox bank of this pid. */
async function bankOf(health: object): Promise<string> {
  const server = createServer((_request, response) => response.end(JSON.stringify(health)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function session(bankUrl: string): SessionInfo {
  return {
    ...{ version: 1, pid: 10, bankPid: 11, workerPid: 12 },
    ...{ bankUrl, taskQueue: 'sluice', configDir: '/config' },
    ...{ accountingPid: 13, accountingUrl: 'http://127.0.0.1:4020' },
  };
}

describe('the session of a state folder', () => {
  test('is found while its bank answers', async () => {
    const dir = tempDir();
    const info = session(await bankOf({ date: '2017-07-03', pid: 11 }));
    writeSession(dir, info);
    expect(await findSession(dir)).toEqual(info);
    removeSession(dir);
    expect(await findSession(dir)).toBeNull();
    removeSession(dir);
  });

  test('is for its user alone, and replaced as a whole', async () => {
    const dir = join(tempDir(), 'state');
    const info = session(await bankOf({ pid: 11 }));
    writeSession(dir, { ...info, workerPid: 1 });
    writeSession(dir, info);
    expect(readdirSync(dir)).toEqual(['session.json']);
    expect(statSync(join(dir, 'session.json')).mode & 0o777).toBe(0o600);
    expect(await findSession(dir)).toEqual(info);
  });

  test.each([
    ['nobody answers any more', 'http://127.0.0.1:1'],
    ['another bank took the port', { pid: 99 }],
    ['something else took the port', { hello: 'world' }],
  ])('is none when %s', async (_what, bank) => {
    const dir = tempDir();
    writeSession(dir, session(typeof bank === 'string' ? bank : await bankOf(bank)));
    expect(await findSession(dir)).toBeNull();
  });

  test.each([
    ['is missing', null],
    ['is cut short', '{"version":1,"pid":'],
    ['is of another version', '{"version":2}'],
  ])('is none when its file %s', async (_what, content) => {
    const dir = tempDir();
    if (content !== null) writeFileSync(join(dir, 'session.json'), content);
    expect(await findSession(dir)).toBeNull();
  });
});
