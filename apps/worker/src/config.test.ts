import { isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { readWorkerConfig } from './config.ts';

const complete = {
  DATABASE_URL: 'postgres://me:hush@db/sluice',
  SANDBOX_BANK_URL: 'http://127.0.0.1:4010',
  SLUICE_CONFIG_DIR: '/etc/sluice',
};

describe('the configuration of a worker', () => {
  test('needs a database, a bank and a folder of rules; the rest has defaults', () => {
    expect(readWorkerConfig(complete)).toEqual({
      ...complete,
      SLUICE_TASK_QUEUE: 'sluice',
      LOG_LEVEL: 'info',
      MAX_ACTIVITIES: 16,
    });
  });

  test('counts a relative folder of rules from where the worker is started', () => {
    const config = readWorkerConfig({ ...complete, SLUICE_CONFIG_DIR: 'config' });
    expect(config).toMatchObject({ SLUICE_CONFIG_DIR: `${process.cwd()}/config` });
  });

  test.each([
    ['DATABASE_URL', '', 'nothing, expected postgres://user:password@host/name'],
    ['DATABASE_URL', 'mysql://db', '"mysql://db", expected postgres://user:password@host/name'],
    ['SANDBOX_BANK_URL', 'bank', '"bank", expected the sandbox bank\'s http:// address'],
    [
      'ACCOUNTING_SERVER_URL',
      'books',
      '"books", expected the accounting server\'s http:// address, or nothing',
    ],
    ['SLUICE_CONFIG_DIR', '', 'nothing, expected the folder of rules and booking rules'],
    ['LOG_LEVEL', 'loud', '"loud", expected trace, debug, info, warn, error or silent'],
    ['MAX_ACTIVITIES', '0', '"0", expected how many activities may run at once, 1 to 500'],
    ['MAX_ACTIVITIES', '501', '"501", expected how many activities may run at once, 1 to 500'],
    ['MAX_ACTIVITIES', '1.5', '"1.5", expected how many activities may run at once, 1 to 500'],
  ])(
    'is refused with %s of "%s", saying what was read and what is expected',
    (name, text, says) => {
      const refusal = readWorkerConfig({ ...complete, [name]: text });
      expect(isRefusal(refusal) && refusal).toMatchObject({
        code: 'CONFIG_INVALID',
        details: { faults: [`${name}: read ${says}`] },
      });
    },
  );
});
