import { isRefusal } from '@sluice/money';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';
import { TariffBook } from './tariff-book.ts';

let system: TestSystem;
let statements: number;
beforeEach(async () => {
  system = await openTestSystem();
  statements = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
});

const counting: TestSystem['db']['app']['query'] = (sql, values) => {
  statements += 1;
  return system.db.app.query(sql, values);
};

test('tariffs of a day are loaded once in a while, however often they are asked for', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const book = new TariffBook(system.program.tariffs);
  const days = ['2017-07-01', '2017-07-02', '2017-07-01'];
  const found = await book.forDays({ query: counting }, days);
  expect([...found.keys()]).toEqual(['2017-07-01', '2017-07-02']);
  const loaded = statements;
  await book.forDays({ query: counting }, days);
  expect(statements).toBe(loaded);
  vi.setSystemTime(Date.now() + 10_000);
  await book.forDays({ query: counting }, days);
  expect(statements).toBe(2 * loaded);
});

test('who asks while others reload gets all the days that it asked for', async () => {
  const book = new TariffBook(system.program.tariffs);
  const days = Array.from(
    { length: 28 },
    (_, day) => `2017-07-${String(day + 1).padStart(2, '0')}`,
  );
  const found = await Promise.all(
    days.map((day) => book.forDays(system.db.app, [day, '2017-07-01'])),
  );
  found.forEach((tariffs, index) => {
    expect(tariffs.has(days[index]!)).toBe(true);
    expect(tariffs.has('2017-07-01')).toBe(true);
  });
});

test('a day before all tariffs has a refusal', async () => {
  const book = new TariffBook(system.program.tariffs);
  const tariffs = (await book.forDays(system.db.app, ['2016-12-31'])).get('2016-12-31');
  expect(isRefusal(tariffs) && tariffs.code).toBe('TARIFF_NOT_FOUND');
});
