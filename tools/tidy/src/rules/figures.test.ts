import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { figures } from './figures.ts';

const stated = (text: string): readonly string[] => found(figures, { 'README.md': text });
const table = '| What | Figure |\n| --- | --- |\n| bulk lane | 5,000 redemptions/s |\n';

test.each([
  ['It does 63,000 transfers/s.', '63,000 transfers/s'],
  ['It does 63k/s.', '63k/s'],
  ['It pays 5,000 coupon redemptions/s.', '5,000 coupon redemptions/s'],
  ['It reads 12.5 MB/s.', '12.5 MB/s'],
  ['It does 90 per second.', '90 per second'],
  ['A look-up takes 100 ns.', '100 ns'],
  ['A look-up takes 40us.', '40us'],
  ['A look-up takes 1.5 µs.', '1.5 µs'],
  ['p99 is 50 ms.', '50 ms'],
  ['Four weeks take 43 s.', '43 s'],
  ['Four weeks take 43 seconds.', '43 seconds'],
  ['It takes 3 s per week.', '3 s'],
])('%s names no command', (text, figure) => {
  expect(stated(`# T\n\n${text}\n`)).toEqual([
    `README.md:3 states "${figure}" without the command that measured it: name it, ` +
      'as in `npm run bench`, or put a value that is set into a code span',
  ]);
});

test.each([
  'On 2 cores it does 63,000 transfers/s\n(`npm run bench`).',
  'Run `npm run bench -- --json`: p99 is 50 ms.',
  '`npm start` pays four weeks in 43 s.',
  'It asks again after `250 ms`.',
  'There are 30 sellers and 3 states, in version 1.24.0 of 2017.',
  '```ts\nconst timeoutMs = 250; // 250 ms\n```',
])('%j is all right', (text) => {
  expect(stated(text)).toEqual([]);
});

test.each([
  ['`npm run bench` gives:', ''],
  ['', 'All from `npm run bench`.'],
])('the paragraph before or after a table may name it: %j %j', (before, after) => {
  expect(stated(`${before}\n\n${table}\n${after}\n`)).toEqual([]);
});

test('a table, a list and an output without a command are violations', () => {
  const list = '- 10 ms here\n- there';
  const output = '```\npaid 57,000 redemptions at 5,120/s\n```';
  for (const block of [table, list, output]) {
    expect(stated(`\`npm run bench\` is a command.\n\n## Figures\n\n${block}\n`)).toHaveLength(1);
  }
});

test('a shell session names its command itself', () => {
  expect(stated('```sh\n$ npm run bench\npaid at 5,120/s\n```\n')).toEqual([]);
});

test('another paragraph does not speak for this one', () => {
  expect(stated('`npm run bench` measures.\n\nIt does 90/s.\n')).toHaveLength(1);
});
