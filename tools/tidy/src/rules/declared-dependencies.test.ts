import { expect, test } from 'vitest';
import { found, workspace, type Texts } from '../testing/made-up.ts';
import { declaredDependencies } from './declared-dependencies.ts';

const root = { devDependencies: { vitest: '5.1.1', typescript: '6.0.3' } };

function inPool(path: string, text: string, dependencies: object = {}): Texts {
  return workspace({ 'packages/pool': { dependencies } }, { [path]: text }, root);
}

test.each([
  ["import pg from 'pg';", { pg: '1.0.0' }],
  ["import type { Pool } from 'pg';", { pg: '1.0.0' }],
  ["import { x } from '@a/b/c';", { '@a/b': '1.0.0' }],
  ["export { x } from 'zod';", { zod: '1.0.0' }],
  ["await import('pg');", { pg: '1.0.0' }],
  ["type Pool = import('pg').Pool;", { pg: '1.0.0' }],
  ["log({ target: 'pino-pretty' });", { 'pino-pretty': '1.0.0' }],
  ["import { join } from 'node:path'; import './b.ts';", {}],
])('%s uses what is declared', (text, dependencies) => {
  expect(found(declaredDependencies, inPool('packages/pool/src/a.ts', text, dependencies))).toEqual(
    [],
  );
});

test.each([
  ["import pg from 'pg';", 'pg'],
  ["import type { Pool } from 'pg';", 'pg'],
  ["import '@a/b/c';", '@a/b'],
  ["export { x } from 'zod';", 'zod'],
  ["await import('pg');", 'pg'],
  ["require('pg');", 'pg'],
  ["import.meta.resolve('@a/b');", '@a/b'],
  ["import { readFile } from 'fs';", 'fs'],
  ["import { test } from 'vitest';", 'vitest'],
])('%s is not declared', (text, name) => {
  expect(found(declaredDependencies, inPool('packages/pool/src/a.ts', `\n${text}`))).toEqual([
    `packages/pool/src/a.ts:2 imports ${name}: declare it in packages/pool/package.json`,
  ]);
});

test.each([
  'packages/pool/src/a.test.ts',
  'packages/pool/src/testing/a.ts',
  'packages/pool/test/a.ts',
  'packages/pool/vitest.config.ts',
  'packages/pool/browser/build.ts',
])('%s may use what the root has for development', (path) => {
  expect(found(declaredDependencies, inPool(path, "import 'vitest';"))).toEqual([]);
});

test('so may a tool and the root itself', () => {
  const texts = { 'tools/tidy/src/a.ts': "import 'typescript';", 'x.mjs': "import 'vitest';" };
  expect(found(declaredDependencies, workspace({ 'tools/tidy': {} }, texts, root))).toEqual([]);
  expect(found(declaredDependencies, workspace({}, { 'x.mjs': "import 'pg';" }, root))).toEqual([
    'x.mjs:1 imports pg: declare it in package.json',
  ]);
});

test('what nothing imports is taken out', () => {
  const texts = inPool('packages/pool/src/a.ts', "import 'pgx';", { pg: '1.0.0', pgx: '1.0.0' });
  expect(found(declaredDependencies, texts)).toEqual([
    'packages/pool/package.json:19 declares pg, which nothing here imports: take it out',
  ]);
});
