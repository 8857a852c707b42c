import { expectAnswer } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, openTestSettlement, type TestSettlement } from '../testing/test-settlement.ts';

let s: TestSettlement;

beforeAll(async () => {
  s = await openTestSettlement();
});
afterAll(() => s.db.drop());

describe('numberTask', () => {
  test('numbers tasks from 0 and gives a retry its number again', async () => {
    await s.open('numbers');
    expect(await s.number('numbers', 'n-a')).toBe(0n);
    expect(await s.number('numbers', 'n-b')).toBe(1n);
    expect(await s.number('numbers', 'n-a')).toBe(0n);
    expect((await s.read('numbers')).tasksNumbered).toBe(2n);
  });

  test('many connections at once get every number once, without gaps', async () => {
    await s.open('race');
    const keys = Array.from({ length: 40 }, (_, index) => `race-${index % 20}`);
    const numbers = await Promise.all(keys.map((key) => s.number('race', key)));
    expect(numbers.slice(0, 20)).toEqual(numbers.slice(20));
    const distinct = new Set(numbers.map((each) => Number(expectAnswer(each))));
    expect([...distinct].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('refuses what it cannot number', async () => {
    await Promise.all([s.open('mine'), s.open('theirs')]);
    await s.number('mine', 'taken');
    expect(codeOf(await s.number('theirs', 'taken'))).toBe('TASK_REUSED');
    expect(codeOf(await s.number('nobody', 'x'))).toBe('MAIN_ACCOUNT_UNKNOWN');
    expect(codeOf(await s.number('mine', ''))).toBe('TASK_KEY_INVALID');
  });
});
