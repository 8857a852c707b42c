import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { acquireLock } from './stack-lock.ts';
import { tempDir } from './testing/temp-dir.ts';

it('names the holder to a second asker, and is free after its release', () => {
  const dir = tempDir();
  const lock = acquireLock(dir);
  expect(acquireLock(dir)).toMatchObject({ pid: process.pid });
  if ('release' in lock) lock.release();
  expect(acquireLock(dir)).toHaveProperty('release');
});

it.each([
  ['a dead process', { pid: 999_999_999, started: 'long ago' }],
  ['a live process that took over the pid', { pid: process.pid, started: 'long ago' }],
])('is taken over from %s', (_title, holder) => {
  const dir = tempDir();
  writeFileSync(join(dir, 'stack.lock'), JSON.stringify(holder));
  expect(acquireLock(dir)).toHaveProperty('release');
  expect(acquireLock(dir)).toMatchObject({ pid: process.pid });
});
