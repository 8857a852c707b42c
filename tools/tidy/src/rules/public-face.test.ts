import { expect, test } from 'vitest';
import { found, workspace } from '../testing/made-up.ts';
import { publicFace } from './public-face.ts';

test('a package with a README and one face passes; two have further doors', () => {
  const exports = { '.': './src/index.ts', './testing': './src/testing/index.ts' };
  const texts = workspace(
    { 'packages/pool': {}, 'packages/database': { exports }, test: { exports: undefined } },
    { 'packages/database/src/testing/index.ts': '' },
  );
  expect(found(publicFace, texts)).toEqual([]);
});

test('another door is one too many', () => {
  const exports = { '.': './src/index.ts', './store': './src/store/index.ts' };
  expect(found(publicFace, workspace({ 'packages/pool': { exports } }))).toEqual([
    'packages/pool/package.json:4 exports "./store": only . may be imported',
  ]);
});

test.each([undefined, {}, { '.': './src/main.ts' }])('exports %j have no face', (exports) => {
  const texts = workspace({ 'apps/cli': { exports } }, { 'apps/cli/src/main.ts': '' });
  expect(found(publicFace, texts)).toContainEqual(
    expect.stringContaining('does not export "." from ./src/index.ts: do'),
  );
});

test('a face and a README that are not there are missed', () => {
  const { 'packages/pool/package.json': manifest = '' } = workspace({ 'packages/pool': {} });
  expect(found(publicFace, workspace({}, { 'packages/pool/package.json': manifest }))).toEqual([
    'packages/pool/README.md:1 is missing: say what the package is and how to use it',
    'packages/pool/package.json:4 exports "." from ./src/index.ts, which is not there: write it',
  ]);
});
