import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { markdownTitles } from './markdown-titles.ts';

test('one title on the first line is right, whatever stands in code blocks', () => {
  const text = '# Title\n\n## Part\n\n```sh\n# a comment\nnpm start\n```\n';
  expect(found(markdownTitles, { 'a.md': text })).toEqual([]);
});

test.each([
  ['', 'a.md:1 does not begin with a title: write "# " and its name'],
  ['Words.\n\n# Title\n', 'a.md:1 does not begin with a title: write "# " and its name'],
  ['## Part\n', 'a.md:1 does not begin with a title: write "# " and its name'],
  ['# One\n\n# Two\n', 'a.md:3 has a second title, "Two": make it a section, "## "'],
])('%j has not one title at its head', (text, violation) => {
  expect(found(markdownTitles, { 'a.md': text })).toEqual([violation]);
});
