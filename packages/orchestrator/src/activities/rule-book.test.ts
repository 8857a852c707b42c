import { withTransaction, type Json } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import { ruleSetToJson } from '@sluice/rule-engine';
import { publishRuleSet } from '@sluice/rulebook';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exampleRedemption } from '../testing/examples.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';
import { decideDiscounts } from './price-redemption.ts';
import { RuleBook } from './rule-book.ts';

let system: TestSystem;
beforeEach(async () => {
  system = await openTestSystem();
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
});

/** The rules of the configuration under another version, changed as text. */
function configured(version: number, change: (text: string) => string = (text) => text): Json {
  const stored = JSON.stringify(ruleSetToJson(system.program.ruleSets[0]!));
  return { ...(JSON.parse(change(stored)) as Record<string, Json>), version };
}

async function publish(content: Json): Promise<void> {
  const publication = { content, publishedBy: 'test' };
  expectAnswer(await withTransaction(system.db.app, (tx) => publishRuleSet(tx, publication)));
}

/** The match as the book decides it, with the version of the set that spoke. */
async function matchBy(book: RuleBook): Promise<string | undefined> {
  await book.refresh(system.db.app);
  const discounts = expectAnswer(decideDiscounts(book, exampleRedemption()));
  const match = discounts.find(({ kind }) => kind === 'match');
  return match && `${match.amount.minor} by v${match.decision.rule?.ruleSetVersion}`;
}

test('the version in force decides, from one second after it was published', async () => {
  const book = new RuleBook(system.program);
  expect(await matchBy(book)).toBe('25 by v1');
  await publish(configured(2, (text) => text.replaceAll('1.00', '0.90')));
  expect(await matchBy(book)).toBe('25 by v1');
  vi.setSystemTime(Date.now() + 1_000);
  expect(await matchBy(book)).toBe('15 by v2');
  await publish(configured(3));
  vi.setSystemTime(Date.now() + 1_000);
  expect(await matchBy(book)).toBe('25 by v3');
});

test('what is unchanged is neither read nor compiled again', async () => {
  const book = new RuleBook(system.program);
  let statements = 0;
  const counting: TestSystem['db']['app']['query'] = (sql, values) => {
    statements += 1;
    return system.db.app.query(sql, values);
  };
  await book.refresh({ query: counting });
  const { discounts } = book;
  expect(statements).toBe(2);
  await book.refresh({ query: counting });
  expect(statements).toBe(2);
  vi.setSystemTime(Date.now() + 1_000);
  await book.refresh({ query: counting });
  expect(statements).toBe(3);
  expect(book.discounts).toBe(discounts);
});

test('only rules for all and for the institution concern the server', async () => {
  const rule = configured(1, (text) => text.replaceAll('1.00', '0.80')) as Record<string, Json>;
  const book = new RuleBook(system.program);
  for (const [id, scope] of [
    ['of-a-till', { level: 'device', id: 'till-1' }],
    ['of-a-user', { level: 'user', id: 'household-1' }],
    ['of-another', { level: 'institution', id: 'another' }],
  ] as const) {
    await publish({ ...rule, id, scope });
  }
  expect(await matchBy(book)).toBe('25 by v1');
  await publish({ ...rule, id: 'own', scope: { level: 'institution', id: 'complete-journey' } });
  vi.setSystemTime(Date.now() + 1_000);
  expect(await matchBy(book)).toBe('5 by v1');
});

test('nothing is decided while a discount has no published rule', async () => {
  const discounts = [{ kind: 'coupon', business: 'another-business' }];
  const book = new RuleBook({ institution: 'complete-journey', discounts });
  await expect(book.refresh(system.db.app)).rejects.toMatchObject({
    refusal: { code: 'RULES_NOT_PUBLISHED', details: { business: 'another-business' } },
  });
});
