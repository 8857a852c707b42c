import { expect, test } from 'vitest';
import { checkRule, defaultRule, type SettlementRule } from './settlement-rule.ts';

const rule = defaultRule(100n);

test('the default acts as soon as one is below the threshold, and drains', () => {
  expect(rule).toMatchObject({ presetShareBps: 10_000, boundary: 'below' });
  expect(rule.whenInsufficient).toBe('drain');
  expect(checkRule(rule)).toBeUndefined();
});

test.each<[string, Partial<SettlementRule>, string]>([
  ['a threshold of zero', { thresholdMinor: 0n }, 'thresholdMinor'],
  ['a threshold below zero', { thresholdMinor: -1n }, 'thresholdMinor'],
  ['a share above the whole', { presetShareBps: 10_001 }, 'presetShareBps'],
  ['a share below zero', { presetShareBps: -1 }, 'presetShareBps'],
  ['a share between two basis points', { presetShareBps: 0.5 }, 'presetShareBps'],
  [
    'a share that every set of balances is at or below',
    { boundary: 'at-or-below', presetShareBps: 10_000 },
    'presetShareBps',
  ],
  ['no time to wait', { waitMs: 0 }, 'waitMs'],
  ['more than ten minutes to wait', { waitMs: 600_001 }, 'waitMs'],
])('%s is refused, naming the field', (_, wrong, field) => {
  expect(checkRule({ ...rule, ...wrong })).toMatchObject({
    code: 'SETTLEMENT_RULE_INVALID',
    details: { field },
  });
});
