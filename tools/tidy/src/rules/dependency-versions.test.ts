import { expect, test } from 'vitest';
import { found, workspace } from '../testing/made-up.ts';
import { dependencyVersions } from './dependency-versions.ts';

test('exact versions pass', () => {
  const texts = workspace({
    'packages/money': {},
    'packages/pool': { dependencies: { '@sluice/money': '0.1.0', server: '18.4.0-beta.17' } },
  });
  expect(found(dependencyVersions, texts)).toEqual([]);
});

test.each(['^1.2.3', '~1.2.3', '1.2', '1.x', '*', '', 'latest', '>=1.0.0', '1.0.0 - 2.0.0'])(
  'the range "%s" is not one version',
  (version) => {
    const texts = workspace({ 'packages/pool': { dependencies: { pg: version } } });
    expect(found(dependencyVersions, texts)).toEqual([
      `packages/pool/package.json:19 wants pg "${version}": pin one exact version`,
    ]);
  },
);

test.each(['devDependencies', 'optionalDependencies', 'peerDependencies', 'dependencies'])(
  '%s of the root are exact, too',
  (kind) => {
    expect(found(dependencyVersions, workspace({}, {}, { [kind]: { nx: '^23.0.0' } }))).toEqual([
      'package.json:9 wants nx "^23.0.0": pin one exact version',
    ]);
  },
);

test('a package of ours is wanted as it is', () => {
  const texts = workspace({
    'packages/money': {},
    'packages/pool': { dependencies: { '@sluice/money': '0.2.0' } },
  });
  expect(found(dependencyVersions, texts)).toEqual([
    'packages/pool/package.json:19 wants @sluice/money "0.2.0": it is 0.1.0, name that',
  ]);
});

test('the whole workspace uses one version', () => {
  const texts = workspace({
    'packages/ledger': { dependencies: { zod: '4.6.7' } },
    'packages/pool': { dependencies: { zod: '4.6.8' } },
  });
  expect(found(dependencyVersions, texts)).toEqual([
    'packages/pool/package.json:19 wants zod 4.6.8, but it is 4.6.7 in ' +
      'packages/ledger/package.json: agree on one',
  ]);
});

test('devDependencies stand at the root', () => {
  const texts = workspace({ 'packages/pool': { devDependencies: { vitest: '5.1.1' } } });
  expect(found(dependencyVersions, texts)).toEqual([
    'packages/pool/package.json:19 has vitest in devDependencies: those stand in the ' +
      'package.json of the root',
  ]);
});
