import { expect, test } from 'vitest';
import { found, workspace } from '../testing/made-up.ts';
import { packageBoundaries } from './package-boundaries.ts';

function imports(name: string, path = 'packages/pool/src/domain/a.ts'): readonly string[] {
  const exports = { '.': './src/index.ts', './testing': './src/testing/index.ts' };
  const projects = { 'packages/pool': {}, 'packages/database': { exports }, 'apps/cli': {} };
  return found(packageBoundaries, workspace(projects, { [path]: `import '${name}';` }));
}

test.each([
  './b.ts',
  '../index.ts',
  '../../package.json',
  '@sluice/database',
  '@sluice/database/testing',
  'pg/lib/x',
])('%s may be imported', (name) => {
  expect(imports(name)).toEqual([]);
});

test.each(['@sluice/database/src/index.ts', '@sluice/database/src', '@sluice/database/testing/x'])(
  '%s is behind the face',
  (name) => {
    expect(imports(name)).toEqual([
      `packages/pool/src/domain/a.ts:1 imports ${name}, which is behind the public face: ` +
        'import it from "@sluice/database"',
    ]);
  },
);

test('a path does not lead into another package', () => {
  expect(imports('../../../database/src/index.ts')).toEqual([
    'packages/pool/src/domain/a.ts:1 imports ../../../database/src/index.ts by its path: ' +
      'import it from "@sluice/database"',
  ]);
});

test('nor out of its own, but for the shared configuration of the tests', () => {
  expect(imports('../../vitest.shared.ts', 'apps/cli/vitest.config.ts')).toEqual([]);
  expect(imports('../../eslint.config.mjs', 'apps/cli/a.ts')).toEqual([
    'apps/cli/a.ts:1 imports ../../eslint.config.mjs from outside its package: ' +
      'a package imports its own files by path',
  ]);
});

test('nor from the root into a package', () => {
  expect(imports('./apps/cli/src/index.ts', 'x.mjs')).toHaveLength(1);
});
