import { join } from 'node:path';
import { isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { logDir, readConfig, type CliConfig } from './config.ts';

function read(env: Readonly<Record<string, string>>): CliConfig {
  const config = readConfig(env);
  if (isRefusal(config)) throw new Error(config.message);
  return config;
}

describe('the configuration', () => {
  test('needs nothing: state and rules are in the repository', () => {
    const config = read({});
    expect(config).toMatchObject({
      SLUICE_TASK_QUEUE: 'sluice',
      LOG_LEVEL: 'info',
      SLUICE_UPKEEP_SECONDS: 30,
      verbose: false,
    });
    expect(config.SLUICE_STATE_DIR).toMatch(/^\/.*\/\.sluice$/);
    expect(config.SLUICE_CONFIG_DIR).toMatch(/^\/.*\/config$/);
    expect(logDir(config)).toBe(join(config.SLUICE_STATE_DIR, 'logs'));
  });

  test('makes relative folders absolute, from where the program stands', () => {
    const config = read({ SLUICE_STATE_DIR: 'state', SLUICE_CONFIG_DIR: '../rules' });
    expect(config.SLUICE_STATE_DIR).toBe(join(process.cwd(), 'state'));
    expect(config.SLUICE_CONFIG_DIR).toBe(join(process.cwd(), '../rules'));
  });

  test('takes an empty variable for one that is not set', () => {
    expect(read({ LOG_LEVEL: '', SLUICE_DATASET: '' })).toMatchObject({ LOG_LEVEL: 'info' });
  });

  test('counts file names from where npm was called', () => {
    const called = { INIT_CWD: '/data', npm_lifecycle_event: 'sluice' };
    expect(read(called).callerDir).toBe('/data');
    expect(read({ INIT_CWD: '/data' }).callerDir).toBe(process.cwd());
  });

  test.each([
    ['LOG_LEVEL', 'loud', 'trace, debug, info, warn, error or silent'],
    ['SLUICE_DATASET', 'real', '"generated", or nothing for the real data'],
  ])(
    'is refused with %s "%s": it says what was read and what is expected',
    (name, text, expected) => {
      expect(readConfig({ [name]: text })).toMatchObject({
        code: 'CONFIG_INVALID',
        details: { faults: [`${name}: read "${text}", expected ${expected}`] },
      });
    },
  );
});
