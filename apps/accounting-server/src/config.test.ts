import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('only the data file must be given', () => {
  expect(readConfig({ DATA: 'books.sqlite' })).toEqual({
    ...{ port: 0, dataFile: 'books.sqlite', logLevel: 'info' },
  });
  expect(readConfig({ DATA: 'b', PORT: '4010', LOG_LEVEL: 'silent' })).toEqual({
    ...{ port: 4010, dataFile: 'b', logLevel: 'silent' },
  });
});

test.each([
  [{}, 'DATA is not set: expected the path'],
  [{ DATA: '' }, 'DATA is "": expected the path'],
  [{ DATA: 'b', PORT: 'http' }, 'PORT is "http": expected a whole number from 0'],
  [{ DATA: 'b', PORT: '65536' }, 'PORT is "65536": expected'],
  [{ DATA: 'b', PORT: '-1' }, 'PORT is "-1": expected'],
  [{ DATA: 'b', LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud": expected one of fatal'],
])('%j is refused: %s', (env, words) => {
  expect(() => readConfig(env)).toThrow(words);
});

test('every wrong variable is named at once', () => {
  expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/PORT is.*\nDATA is not.*\nLOG_/);
});
