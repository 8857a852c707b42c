import { expect, test } from 'vitest';
import { found, workspace } from '../testing/made-up.ts';
import { projectScripts } from './project-scripts.ts';

test('a script that is missing or does less is named', () => {
  const scripts = { lint: 'eslint .', test: 'vitest run --passWithNoTests', start: 'node .' };
  const texts = workspace({ 'packages/pool': { scripts }, 'packages/ledger': {} });
  expect(found(projectScripts, texts)).toEqual([
    'packages/pool/package.json:7 does not have "typecheck": "tsc -p ." among its scripts: ' +
      'write it so',
    'packages/pool/package.json:7 does not have "test": "vitest run" among its scripts: ' +
      'write it so',
  ]);
});
