import { expect, test } from 'vitest';
import { found, workspace } from '../testing/made-up.ts';
import { projectTags } from './project-tags.ts';

test('tagged projects pass, wherever they stand', () => {
  const texts = workspace({
    'packages/rule-engine': {},
    'apps/cli': {},
    'tools/bench': {},
    test: { name: '@sluice/end-to-end', nx: { tags: ['scope:end-to-end', 'type:tool'] } },
  });
  expect(found(projectTags, { ...texts, 'tools/run.mjs': '', 'tools/run/main.mjs': '' })).toEqual(
    [],
  );
});

test.each([
  [[], 'needs the one scope tag "scope:pool": it has []'],
  [['type:store'], 'needs the one scope tag "scope:pool": it has [type:store]'],
  [
    ['scope:pol', 'type:store'],
    'needs the one scope tag "scope:pool": it has [scope:pol, type:store]',
  ],
  [
    ['scope:pool'],
    'needs one type tag of type:pure | store | orchestrator | app | tool: it has [scope:pool]',
  ],
  [
    ['scope:pool', 'type:pure', 'type:app'],
    'needs one type tag of type:pure | store | orchestrator | app | tool: ' +
      'it has [scope:pool, type:pure, type:app]',
  ],
  [
    ['scope:pool', 'type:misc'],
    'needs one type tag of type:pure | store | orchestrator | app | tool: ' +
      'it has [scope:pool, type:misc]',
  ],
  [
    ['scope:pool', 'type:store', 'team:a'],
    'has the unknown tag "team:a": it has [scope:pool, type:store, team:a]',
  ],
])('the tags %j do not say what may import what', (tags, message) => {
  const violations = found(projectTags, workspace({ 'packages/pool': { nx: { tags } } }));
  expect(violations).toContainEqual(expect.stringMatching(/^packages\/pool\/package.json:\d+ /));
  expect(violations.map((each) => each.replace(/^\S+ /, ''))).toContain(message);
});

test('a project without tags at all is a violation', () => {
  expect(found(projectTags, workspace({ 'apps/cli': { nx: undefined } }))).toHaveLength(2);
});

test('a package is called as its folder', () => {
  const texts = workspace({
    'packages/pool': { name: '@sluice/pools', nx: { tags: ['scope:pools', 'type:store'] } },
  });
  expect(found(projectTags, texts)).toEqual([
    'packages/pool/package.json:2 is called "@sluice/pools": call it "@sluice/pool"',
  ]);
});

test('a folder of sources without a package.json is in no project', () => {
  const texts = workspace({}, { 'packages/stray/src/a.ts': '' });
  expect(found(projectTags, texts)).toEqual([
    'packages/stray/package.json:1 is missing: every folder here is a project, ' +
      'copy the one beside it',
  ]);
});
