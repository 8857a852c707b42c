import { isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { readRuleSetHead } from './rule-set-head.ts';

const set = { id: 'discounts', version: 3, scope: { level: 'base' }, facts: {}, rules: [] };

describe('readRuleSetHead', () => {
  test('reads name, version and scope', () => {
    expect(readRuleSetHead(set)).toEqual({
      ...{ setId: 'discounts', version: 3, layer: 'base', scopeId: null },
    });
    expect(readRuleSetHead({ ...set, scope: { level: 'device', id: 'till-1' } })).toMatchObject({
      ...{ layer: 'device', scopeId: 'till-1' },
    });
  });

  test.each([
    ['the rule set', []],
    ['id', { ...set, id: '' }],
    ['version', { ...set, version: 0 }],
    ['version', { ...set, version: 1.5 }],
    ['version', { ...set, version: 2 ** 31 }],
    ['rules', { ...set, rules: {} }],
    ['scope', { ...set, scope: 'base' }],
    ['scope.level', { ...set, scope: { level: 'city' } }],
    ['scope.id', { ...set, scope: { level: 'base', id: 'x' } }],
    ['scope.id', { ...set, scope: { level: 'user' } }],
    ['scope.id', { ...set, scope: { level: 'user', id: 7 } }],
  ])('names %s when it is not as it must be', (field, content) => {
    const answer = readRuleSetHead(content);
    expect(isRefusal(answer) && [answer.code, answer.details['field']]).toEqual([
      'RULE_SET_UNREADABLE',
      field,
    ]);
  });
});
