import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeIndex } from './testing/make-wheel.ts';
import { tempDir } from './testing/temp-dir.ts';
import { fetchWheel, fetchWheelMembers, type WheelRequest } from './wheel.ts';

const files = { 'demo/a.txt': 'first', 'demo/b.txt': 'second' };

function setUp(change: Partial<WheelRequest> = {}) {
  const dir = tempDir();
  const { sha256, path, downloads } = makeIndex(dir, files);
  const cacheDir = join(dir, 'cache');
  const request: WheelRequest = {
    project: 'demo',
    version: '1.0',
    sha256,
    cacheDir,
    members: Object.keys(files),
    env: { PATH: path },
    ...change,
  };
  const asked = (): number => readFileSync(downloads, 'utf8').trimEnd().split('\n').length;
  return { request, cacheDir, asked };
}

describe('fetchWheelMembers', () => {
  it('unpacks the members in the order asked for, and downloads once only', async () => {
    const { request, asked } = setUp();
    const paths = await fetchWheelMembers(request);
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['first', 'second']);
    expect(await fetchWheelMembers(request)).toEqual(paths);
    expect(asked()).toBe(1);
  });

  it('gives several askers at once the same whole files', async () => {
    const { request, cacheDir } = setUp();
    const answers = await Promise.all([1, 2, 3, 4].map(() => fetchWheelMembers(request)));
    for (const [path = ''] of answers) expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(cacheDir)).toEqual(['wheels']);
  });

  it('refuses a wheel with another checksum, and unpacks nothing', async () => {
    const { request, cacheDir } = setUp({ sha256: '0'.repeat(64) });
    await expect(fetchWheelMembers(request)).rejects.toMatchObject({
      code: 'WHEEL_CHECKSUM_WRONG',
      message: expect.stringContaining('0'.repeat(64)),
    });
    expect(() => readdirSync(cacheDir)).toThrow();
  });

  it('names a member that the wheel does not hold', async () => {
    const { request } = setUp({ members: ['demo/a.txt', 'demo/c.txt'] });
    await expect(fetchWheelMembers(request)).rejects.toMatchObject({
      code: 'WHEEL_MEMBER_MISSING',
      message: expect.stringContaining('demo/c.txt'),
    });
  });

  it('names every installer that was tried when none works', async () => {
    const { request } = setUp({ env: { PATH: '/nowhere' } });
    await expect(fetchWheelMembers(request)).rejects.toMatchObject({
      code: 'WHEEL_NOT_DOWNLOADED',
      message: expect.stringMatching(/python3 -m pip: .*pip3: .*pip: /),
    });
  });

  it('marks a program as executable', async () => {
    const { request } = setUp();
    const path = await fetchWheel({ ...request, member: 'demo/a.txt', executable: true });
    expect(statSync(path).mode & 0o111).toBe(0o111);
  });
});
