import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeMachine, describeRevision } from './machine.ts';

test('a machine is told by its processor, cores, memory, system, file system and load', () => {
  expect(describeMachine(tmpdir())).toEqual({
    cpu: expect.stringMatching(/\S/),
    cores: expect.toSatisfy((cores: number) => Number.isInteger(cores) && cores > 0),
    memoryGiB: expect.toSatisfy((memory: number) => memory > 0),
    os: expect.stringMatching(/^\S+ \S+ \S+$/),
    fileSystem: process.platform === 'linux' ? expect.stringMatching(/^\S+$/) : null,
    loadBefore: expect.toSatisfy((load: number) => load >= 0),
  });
});

test('a revision is the commit that is checked out, and whether files differ from it', () => {
  const folder = tempFolder();
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  git('init');
  git('commit', '--allow-empty', '--no-gpg-sign', '-m', 'first');
  const commit: unknown = expect.stringMatching(/^[0-9a-f]{12}$/);
  expect(describeRevision(folder)).toEqual({ commit, dirty: false });
  writeFileSync(join(folder, 'new'), '');
  expect(describeRevision(folder)).toEqual({ commit, dirty: true });
});

test('outside a checkout there is no revision', () => {
  expect(describeRevision(tempFolder())).toBeNull();
});

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
