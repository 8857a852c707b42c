import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { localTraces } from './local-traces.ts';

// Put together here, because this file may hold none of them either.
const path = (...names: readonly string[]): string => ['', ...names, ''].join('/');
const host = (...names: readonly string[]): string => names.join('.');

test.each([
  path('work', 'main'),
  path('root', 'x'),
  path('home', 'somebody', 'x'),
  path('Users', 'somebody', 'x'),
  ['C:', 'Users', 'x'].join('\\'),
])('%s is a folder of one machine', (folder) => {
  expect(found(localTraces, { 'src/a.ts': `\nread('${folder}');` })).toEqual([
    expect.stringContaining('src/a.ts:2 names a folder of one machine: write the way from'),
  ]);
});

test('a temporary folder may stand in code, not on a page', () => {
  const text = `In ${path('tmp', 'x')}.`;
  expect(found(localTraces, { 'a.md': text })).toHaveLength(1);
  expect(found(localTraces, { 'a.ts': `// ${text}` })).toEqual([]);
});

test.each([
  host('registry', 'npmjs', 'org'),
  host('registry', 'yarnpkg', 'com'),
  host('npm', 'pkg', 'github', 'com'),
  host('files', 'pythonhosted', 'org'),
  host('pypi', 'org'),
  host(['my', 'artifactory'].join('-'), 'example', 'org'),
])('%s is a registry', (name) => {
  expect(found(localTraces, { '.npmrc': `registry=https://${name}/` })).toEqual([
    `.npmrc:1 names a registry: which one serves a package is up to whoever installs ("${name}")`,
  ]);
});

test('the lock file names no host at all', () => {
  const lock = '{\n  "resolved": "https://packages.example.org/a.tgz"\n}\n';
  expect(found(localTraces, { 'package-lock.json': lock })).toHaveLength(1);
  expect(found(localTraces, { 'package-lock.json': '{ "resolved": "packages/pool" }' })).toEqual(
    [],
  );
});

test.each(['src/work/a.ts', './home/x/y', 'https://example.org/work', 'apps/root/a'])(
  '%s is none of this',
  (text) => {
    expect(found(localTraces, { 'a.md': text })).toEqual([]);
  },
);
