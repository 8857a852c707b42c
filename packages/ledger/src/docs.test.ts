import { readFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { freshDatabase } from '@sluice/database/testing';
import { expect, test } from 'vitest';
import { isKept, transferStatuses } from './index.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string): string => readFileSync(`${folder}${name}`, 'utf8');

test('the documentation lists every status in order, and which of them are kept', () => {
  const rows = read('docs/posting.md')
    .split('\n')
    .filter((line) => /^\| `[a-z-]+`[^|]*\| (kept)? *\|/.test(line));
  const found = rows.flatMap((row) => {
    const [, names = '', kept = ''] = row.split('|');
    return [...names.matchAll(/`([a-z-]+)`/g)].map(([, name]) => [name, kept.trim() === 'kept']);
  });
  expect(found).toEqual(transferStatuses.map((status) => [status, isKept(status)]));
});

test('the example of the README runs as it stands', async () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(read('README.md')) ?? [];
  const db = await freshDatabase();
  try {
    const program = `const ownerUrl = ${JSON.stringify(db.url)};\n${example}`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module-typescript', '--eval', program],
      { cwd: folder },
    );
    expect(stdout).toContain('created');
    expect(stripVTControlCharacters(stdout)).toContain('debitBalanceMinor: -120n');
  } finally {
    await db.drop();
  }
});
