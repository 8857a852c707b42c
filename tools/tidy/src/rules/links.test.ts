import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { links } from './links.ts';

const there = {
  'README.md': '# Sluice\n',
  'docs/guide.md': '# Guide\n\n## The `pool`, and more!\n\n## Same\n\n## Same\n',
  'docs/code.ts': '',
};
const page = (text: string): readonly string[] => found(links, { ...there, 'docs/page.md': text });

test.each([
  '[up](../README.md)',
  '[beside](guide.md)',
  '[a folder](../docs/)',
  '[a heading](guide.md#the-pool-and-more)',
  '[the second](./guide.md#same-1)',
  '## Here\n\n[this page](#here)',
  '[outside](https://example.org/none.md) and <mailto:a@example.org>',
  '![picture](code.ts "Title")',
  '[text][ref]\n\n[ref]: guide.md',
  '`[shown](not-followed.md)`',
  '```md\n[shown](not-followed.md)\n```',
])('%j leads somewhere', (text) => {
  expect(page(text)).toEqual([]);
});

test.each([
  ['[gone](gone.md)', 'links to gone.md, and there is no docs/gone.md: correct it'],
  ['[gone](../docs/gone/)', 'links to ../docs/gone/, and there is no docs/gone: correct it'],
  ['[out](../../x.md)', 'links to ../../x.md, and there is no ../x.md: correct it'],
  ['[root](/README.md)', 'links to /README.md: write the way from this file'],
  ['[gone](guide.md#none)', 'links to guide.md#none, and docs/guide.md has no such heading'],
  ['[gone](#none)', 'links to #none, and docs/page.md has no such heading'],
  ['[line](code.ts#L3)', 'links to code.ts#L3: only markdown has headings to link to'],
  ['![gone](gone.svg)', 'links to gone.svg'],
  ['[ref]: gone.md', 'links to gone.md'],
  ['<img src="gone.png">', 'links to gone.png'],
])('%j leads nowhere', (text, violation) => {
  const violations = page(`# Page\n\n${text}\n`);
  expect(violations).toHaveLength(1);
  expect(violations[0]).toContain(`docs/page.md:3 ${violation}`);
});
