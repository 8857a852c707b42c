import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { fileLength } from './file-length.ts';

const lines = (count: number): string => 'x;\n'.repeat(count);

test('a source of 400 lines is the longest', () => {
  expect(found(fileLength, { 'a.ts': lines(400), 'notes.md': lines(500) })).toEqual([]);
});

test.each(['a.ts', 'a.mjs', '001_a.sql'])('a longer %s is to be split', (path) => {
  expect(found(fileLength, { [path]: lines(401) })).toEqual([
    `${path}:401 has 401 lines: split it, one concept per file`,
  ]);
});
