import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { testCases } from './test-cases.ts';

const cases = (text: string): readonly string[] => found(testCases, { 'src/a.test.ts': text });

test.each([
  ["test.only('a', run);", 'only'],
  ["test.skip('a', run);", 'skip'],
  ["it.todo('a');", 'todo'],
  ["describe.skip('a', run);", 'skip'],
  ["describe.skipIf(linux)('a', run);", 'skipIf'],
  ["test.runIf(linux)('a', run);", 'runIf'],
  ["test.fails('a', run);", 'fails'],
  ["test.concurrent.only('a', run);", 'only'],
  ["test.only.each([1])('a', run);", 'only'],
  ["test('a', { skip: true }, run);", 'skip'],
])('%s does not run every test', (text, word) => {
  expect(cases(text)).toEqual([`src/a.test.ts:1 has ".${word}": every test runs, always`]);
});

test('a title stands once in a file, under whatever description', () => {
  const text = "test('a', run);\ndescribe('b', () => {\n  test.each([1])('a', run);\n});";
  expect(cases(text)).toEqual(['src/a.test.ts:3 repeats the title "a": say how it differs']);
});

test.each([
  "test('a', run); test('b', run); describe('a', run);",
  "test.each(list)('%s', run); test.each(other)('%s', run);",
  "test.each(list)('$title', run); test.each(other)('$title', run);",
  "test('a', { timeout: 5 }, run); list.only('a'); task.skip();",
])('%s runs everything under its own name', (text) => {
  expect(cases(text)).toEqual([]);
});

test('only test files have tests', () => {
  expect(found(testCases, { 'src/a.ts': "test.only('a', run);" })).toEqual([]);
});
