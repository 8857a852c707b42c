import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { namedExports } from './named-exports.ts';

test.each([
  'export const a = 1;',
  "export { a, type B } from './a.ts';",
  'switch (a) { default: b(); }',
  "import a from 'a';",
])('%s has a name', (text) => {
  expect(found(namedExports, { 'packages/a/src/a.ts': text })).toEqual([]);
});

test.each([
  'export default 1;',
  'export default function a() {}',
  'export default class A {}',
  'export { a as default };',
  "export { default } from './a.ts';",
])('%s has none', (text) => {
  const violation = 'exports by default: give the export a name';
  expect(found(namedExports, { 'packages/a/src/a.ts': text })).toEqual([
    `packages/a/src/a.ts:1 ${violation}`,
  ]);
});

test.each(["export * from './a.ts';", "export * as a from './a.ts';"])(
  '%s names nothing',
  (text) => {
    expect(found(namedExports, { 'packages/a/src/index.ts': text })).toEqual([
      'packages/a/src/index.ts:1 exports all of a module: name each export',
    ]);
  },
);

test.each(['eslint.config.mjs', 'vitest.shared.ts', 'packages/a/vitest.config.ts'])(
  '%s exports by default, because its tool wants it so',
  (path) => {
    expect(found(namedExports, { [path]: 'export default {};' })).toEqual([]);
  },
);
