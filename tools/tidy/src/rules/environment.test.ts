import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { environment } from './environment.ts';

const message = 'reads process.env: let src/config.ts of the app read it, and take the value';

test.each([
  "const url = process.env['URL'];",
  'const { URL } = process.env;',
  'const { env } = process;',
  "import { env } from 'node:process';",
  "const env = process['env'];",
])('%s reads the environment', (text) => {
  for (const path of ['packages/pool/src/a.ts', 'apps/cli/src/main.ts', 'apps/cli/config.ts']) {
    expect(found(environment, { [path]: `\n${text}` })).toEqual([`${path}:2 ${message}`]);
  }
});

test.each([
  'apps/cli/src/config.ts',
  'apps/cli/src/main.test.ts',
  'packages/database/src/testing/fresh-database.ts',
  'tools/stack/src/main.ts',
  'test/src/a.test.ts',
])('%s may', (path) => {
  expect(found(environment, { [path]: 'run(process.env);' })).toEqual([]);
});

test('a test of a package may not, and an exit code is no environment', () => {
  expect(found(environment, { 'packages/pool/src/a.test.ts': 'run(process.env);' })).toHaveLength(
    1,
  );
  expect(found(environment, { 'apps/cli/src/main.ts': 'process.exitCode = 1;' })).toEqual([]);
});
