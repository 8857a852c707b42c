import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { functionLength } from './function-length.ts';

const steps = (count: number): string => '  step();\n'.repeat(count);
const message = 'a function of 71 lines: give its steps functions of their own';

test('70 lines are the most, blank lines and comments not counted', () => {
  const text = `function long() {\n${steps(68)}\n\n  // why\n  /* and\n how */\n}\n`;
  expect(found(functionLength, { 'a.ts': text })).toEqual([]);
});

test.each([
  ['function', `/** Doc. */\nfunction long() {\n${steps(69)}}\n`, 2],
  ['arrow', `const long = () => {\n${steps(69)}};\n`, 1],
  ['method', `class Long {\n  run() {\n${steps(69)}  }\n}\n`, 2],
  ['constructor', `class Long {\n  constructor() {\n${steps(69)}  }\n}\n`, 2],
])('a longer %s is a violation, in tests as well', (_kind, text, line) => {
  expect(found(functionLength, { 'a.test.ts': text })).toEqual([`a.test.ts:${line} ${message}`]);
});

test('what describe takes is as long as what it describes', () => {
  const text = `describe('it', () => {\n${steps(100)}});\n`;
  const each = `describe.each([1])('it', () => {\n${steps(100)}});\n`;
  expect(found(functionLength, { 'a.test.ts': text, 'b.test.ts': each })).toEqual([]);
});
