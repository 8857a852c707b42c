import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { lineWidth } from './line-width.ts';

const wide = 'x'.repeat(101);
const message = 'has 101 columns: break it';

test.each(['a.ts', 'a.mjs', 'a.sql', 'a.md'])('101 columns are too many for %s', (path) => {
  expect(found(lineWidth, { [path]: `short\n${wide}\n` })).toEqual([`${path}:2 ${message}`]);
});

test('100 columns are not, and characters count, not bytes', () => {
  expect(found(lineWidth, { 'a.ts': '€'.repeat(100), 'a.json': wide })).toEqual([]);
});

test('in markdown a table may be wider, a code block may not', () => {
  const text = `# T\n\n| ${wide} |\n| --- |\n\n\`\`\`ts\n${wide}\n| ${wide}\n\`\`\`\n`;
  expect(found(lineWidth, { 'a.md': text })).toEqual([
    `a.md:7 ${message}`,
    'a.md:8 has 103 columns: break it',
  ]);
});

test('a URL may be wider, the words around it may not', () => {
  const url = `https://example.org/${wide}`;
  expect(found(lineWidth, { 'a.ts': `// ${url}`, 'a.md': `See [it](${url}).` })).toEqual([]);
  expect(found(lineWidth, { 'a.md': `${wide} ${url}` })).toHaveLength(1);
});
