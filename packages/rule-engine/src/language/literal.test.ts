import { isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { facts } from '../../test/arbitraries.ts';
import { dollars } from '../../test/support.ts';
import { listValue, moneyOf, parseValue, textValue, valueText, valueToJson } from '../index.ts';

describe('values', () => {
  test('reading what was written gives the same value', () => {
    fc.assert(
      fc.property(facts, (given) => {
        for (const value of Object.values(given)) {
          const isEmptyList = value.kind === 'list' && value.items.length === 0;
          if (!isEmptyList) expect(parseValue(valueToJson(value))).toEqual(value);
        }
      }),
    );
  });

  test.each([null, 1, 'a', {}, { fact: 'x' }, { bool: true, text: 'a' }, { integer: 1 }])(
    '%j is refused as a value',
    (json) => {
      const read = parseValue(json);
      expect(isRefusal(read) ? read.code : read).toBe('VALUE_INVALID');
    },
  );

  test('money is taken out of a money value, and of no other', () => {
    expect(moneyOf(dollars(5n)).minor).toBe(5n);
    expect(() => moneyOf(textValue('5'))).toThrow('expected money, found text');
    expect(() => moneyOf(null)).toThrow('expected money, found no value');
  });

  test('a long list is shown by its beginning', () => {
    const list = listValue([...'abcdefg'].map(textValue));
    expect(valueText(list)).toBe('["a", "b", "c", "d", "e", and 2 more]');
  });

  test('values cannot be changed', () => {
    const list = listValue([textValue('a')]);
    expect(Object.isFrozen(list) && list.kind === 'list' && Object.isFrozen(list.items)).toBe(true);
  });
});
