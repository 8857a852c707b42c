import { expect, test } from 'vitest';
import { found, workspace } from '../testing/made-up.ts';
import { pureCode } from './pure-code.ts';

const pure = { nx: { tags: ['scope:money', 'type:pure'] } };
const pureAt = (path: string, text: string): readonly string[] =>
  found(
    pureCode,
    workspace({ 'packages/money': pure, 'packages/pool': {} }, { [path]: `\n${text}` }),
  );

test.each([
  ['const at = Date.now();', 'Date.now'],
  ['const at = globalThis.Date.now();', 'Date.now'],
  ['const at = new Date();', 'new Date()'],
  ['const at = new Date;', 'new Date()'],
  ['const at = Date();', 'Date()'],
  ['const luck = Math.random();', 'Math.random'],
  ['const draw = Math.random;', 'Math.random'],
  ['const at = performance.now();', 'performance.now'],
])('%s is not pure', (text, name) => {
  for (const path of [
    'packages/pool/src/domain/deep/a.ts',
    'packages/orchestrator/src/workflows/a.ts',
    'packages/money/src/a.ts',
  ]) {
    expect(pureAt(path, text)).toEqual([
      `${path}:2 uses ${name}: take the time, the id or the number as an argument`,
    ]);
  }
});

test('a date made of a value is pure, and stores and tests may ask the clock', () => {
  expect(pureAt('packages/money/src/a.ts', 'new Date(0); Math.round(1);')).toEqual([]);
  expect(pureAt('packages/pool/src/store/a.ts', 'Date.now();')).toEqual([]);
  expect(pureAt('packages/pool/src/domain/a.test.ts', 'Date.now();')).toEqual([]);
});
