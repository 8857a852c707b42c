import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { sqlInStores } from './sql-in-stores.ts';

const message = 'move it to a function in src/store of the package that owns the table';

test.each([
  "query('select a from b.c');",
  'query(`\n  SELECT a\n  FROM b.c where d = ${e}`);',
  "query('insert into a.b values ($1)');",
  "query('update a.b set c = 1');",
  "query('update a.b as x\\n set c = 1');",
  "query('delete from a.b');",
  "query('with recent as (select a from b.c) select a from recent');",
])('%s is SQL', (text) => {
  for (const path of ['packages/pool/src/domain/a.ts', 'apps/cli/src/a.ts']) {
    expect(found(sqlInStores, { [path]: `\n${text}` })).toEqual([
      `${path}:2 holds SQL: ${message}`,
    ]);
  }
});

test.each([
  "throw new Error('could not select a seller from the list');",
  "log('updated the set');",
  '// select a from b',
  "title('Update of sellers');",
])('%s is not', (text) => {
  expect(found(sqlInStores, { 'packages/pool/src/domain/a.ts': text })).toEqual([]);
});

test.each([
  'packages/pool/src/store/a.ts',
  'packages/database/src/a.ts',
  'packages/pool/src/a.test.ts',
  'packages/pool/src/testing/a.ts',
  'tools/bench/src/a.ts',
  'apps/sandbox-bank/src/store/a.ts',
  'test/src/a.ts',
])('%s may hold it', (path) => {
  expect(found(sqlInStores, { [path]: "query('select a from b.c');" })).toEqual([]);
});
