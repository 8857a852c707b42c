import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { unfinished } from './unfinished.ts';

test.each([
  ['a.ts', 'a();\n// TODO: later', 2, 'TODO'],
  ['a.ts', 'a(); // FIXME', 1, 'FIXME'],
  ['a.ts', 'function a() {\n  // XXX\n}', 2, 'XXX'],
  ['a.ts', '/**\n * Gives a.\n * TODO all of it\n */\nexport const a = 1;', 3, 'TODO'],
  ['a.mjs', 'a(/* TODO */);', 1, 'TODO'],
  ['001_a.sql', '-- Up Migration\n-- TODO', 2, 'TODO'],
  ['a.md', '# T\n\nA list.\n- TODO more', 4, 'TODO'],
])('in %s, %j is not done', (path, text, line, word) => {
  expect(found(unfinished, { [path]: text })).toEqual([
    `${path}:${line} says ${word}: do it, or open an issue`,
  ]);
});

test.each([
  ['a.ts', "const none = 'XXX'; const url = 'https://a/TODO';"],
  ['a.ts', 'const text = `// TODO`;'],
  ['a.ts', '// mastodon TODOS'],
  ['a.md', 'It finds `TODO`.\n\n```ts\n// TODO\n```'],
  ['a.json', '{ "currency": "XXX" }'],
])('in %s, %j says something else', (path, text) => {
  expect(found(unfinished, { [path]: text })).toEqual([]);
});
