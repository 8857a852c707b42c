import { sqlState } from '@sluice/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMainAccount, readMainAccount, type SettlementRule } from '../index.ts';
import {
  codeOf,
  testRule,
  openTestSettlement,
  type TestSettlement,
} from '../testing/test-settlement.ts';

let s: TestSettlement;

beforeAll(async () => {
  s = await openTestSettlement();
});
afterAll(() => s.db.drop());

describe('openMainAccount', () => {
  test('gives the sub-accounts of generation 1 by code, again and again', async () => {
    const codes = ['settlement/open/1/0', 'settlement/open/1/1', 'settlement/open/1/2'];
    expect(await s.open('open')).toEqual(codes);
    expect(await s.open('open')).toEqual(codes);
    expect(await s.read('open')).toMatchObject({
      state: 'normal',
      generation: 1,
      epoch: 1,
      size: 3,
    });
    expect((await s.read('open')).rule).toEqual(testRule);
  });

  test('of many that open it at once all get the same codes', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => s.open('at-once')));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await s.read('at-once')).subAccounts).toHaveLength(3);
  });

  test('refuses to open it differently, naming what differs', async () => {
    await s.open('differs');
    const answer = await s.open('differs', { thresholdMinor: 7n, waitMs: 9 }, 4);
    expect(answer).toMatchObject({
      code: 'MAIN_ACCOUNT_DIFFERS',
      details: { fields: ['size', 'thresholdMinor', 'waitMs'] },
    });
  });

  test.each<[string, string, string, number, Partial<SettlementRule>]>([
    ['MAIN_ACCOUNT_ID_INVALID', 'a/b', 'CNY', 3, {}],
    ['MAIN_ACCOUNT_ID_INVALID', '', 'CNY', 3, {}],
    ['CURRENCY_UNKNOWN', 'bad', 'cny', 3, {}],
    ['MAIN_ACCOUNT_SIZE_INVALID', 'bad', 'CNY', 0, {}],
    ['MAIN_ACCOUNT_SIZE_INVALID', 'bad', 'CNY', 1_025, {}],
    ['MAIN_ACCOUNT_SIZE_INVALID', 'bad', 'CNY', 1.5, {}],
    ['SETTLEMENT_RULE_INVALID', 'bad', 'CNY', 3, { thresholdMinor: 0n }],
  ])('refuses with %s: "%s" %s %d', async (code, id, currency, size, change) => {
    const request = { id, currency, size, rule: { ...testRule, ...change } };
    expect(codeOf(await s.inTx((tx) => openMainAccount(tx, request)))).toBe(code);
    expect(codeOf(await readMainAccount(s.db.app, id))).toBe('MAIN_ACCOUNT_UNKNOWN');
  });
});

describe('the app role may not', () => {
  test.each([
    'update settlement.main_account set threshold_minor = 1',
    'update settlement.task set sequence = 1',
    'update settlement.route set amount_minor = 1',
    `update settlement.route_part set account = 'settlement/open/1/0'`,
    'update settlement.redistribution set total_before_minor = 1',
    'delete from settlement.route',
    'truncate settlement.sub_account',
  ])('%s', async (sql) => {
    const failure = await s.db.app.query(sql).catch((error: unknown) => error);
    expect(sqlState(failure)).toBe('42501');
  });
});
