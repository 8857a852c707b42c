import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { consoleUse } from './console-use.ts';

const message = 'uses the console: log by pino, or write to a stream that is passed in';

test.each(["console.log('a');", 'const tell = console.error;'])('%s is found in src', (text) => {
  expect(found(consoleUse, { 'apps/cli/src/a.ts': `\n${text}` })).toEqual([
    `apps/cli/src/a.ts:2 ${message}`,
  ]);
});

test('a word in a text is no use, nor is a script outside src', () => {
  const texts = { 'apps/cli/src/a.ts': "say('console.log');", 'tools/run.mjs': 'console.log(1);' };
  expect(found(consoleUse, texts)).toEqual([]);
});
