import { listBalances } from '@sluice/ledger';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchProgress, FundingSourceInput, PoolLifecycleInput } from '../contract.ts';
import {
  examplePool,
  exampleRedemption,
  exampleSources,
  source,
  usd,
} from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import { changedTables, tableDigests } from '../testing/table-digests.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';

let system: TestSystem;
beforeEach(async () => void (system = await openTestSystem()));
afterEach(async () => {
  expect(await violations(system)).toEqual([]);
  await system.close();
});

describe('opening a pool', () => {
  test('sizes it from its sellers, and opens it over its sources', async () => {
    expect(await system.activities.sizePool(examplePool())).toEqual({
      kind: 'sized',
      sellers: 6,
      expected: usd('4800.00'),
      size: usd('4800.00'),
      model: 'mean-of-last-8-weeks',
    });
    expect(await system.activities.openPool(examplePool())).toEqual({
      kind: 'opened',
      size: usd('4800.00'),
      mandates: 4,
      mandated: usd('19200.00'),
    });
    const accounts = await listBalances(system.db.app, { prefix: '' });
    expect(accounts.map(({ code }) => code)).toEqual([
      'funding/brand-1208',
      'funding/match-fund',
      'funding/other-brands',
      'funding/platform-budget',
      'outside/sellers/USD',
      'outside/treasury/USD',
      'payout/in-transit/USD',
      'pool/july/intermediary',
      'settlement/main/1/0',
      'settlement/main/1/1',
      'settlement/main/1/2',
      'settlement/main/1/3',
      'settlement/main/clearing',
    ]);
  });

  test('twice, or by several at once, opens it once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => system.activities.openPool(examplePool())),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const before = await tableDigests(system.db);
    expect(await system.activities.openPool(examplePool())).toEqual(answers[0]);
    expect(await tableDigests(system.db)).toEqual(before);
  });

  test('a second one may share sources and the paying account', async () => {
    await system.openPool();
    const next = { poolId: 'august', opensOn: '2017-07-29', closesOn: '2017-08-25' };
    expect(await system.openPool(next)).toMatchObject({ kind: 'opened' });
  });
});

describe('a pool that cannot open leaves nothing, not even what came before the refusal', () => {
  const main = examplePool().mainAccount;
  const firstSource = (change: Partial<FundingSourceInput>): Partial<PoolLifecycleInput> => ({
    sources: [source('brand-1208', [{ kind: 'coupon' }], change), ...exampleSources.slice(1)],
  });

  test.each<[string, Partial<PoolLifecycleInput>, string]>([
    ['a currency that is none', { currency: 'usd' }, 'CURRENCY_UNKNOWN'],
    ['an id that no account can hold', { poolId: 'july/2017' }, 'POOL_INPUT_INVALID'],
    ['an id that is too long', { poolId: 'j'.repeat(41) }, 'POOL_INPUT_INVALID'],
    ['a first day that is none', { opensOn: '2017-02-30' }, 'POOL_INPUT_INVALID'],
    ['a last day that is none', { closesOn: 'soon' }, 'POOL_INPUT_INVALID'],
    ['a last day before the first', { closesOn: '2017-06-30' }, 'POOL_PERIOD_INVALID'],
    ['half a week', { weeks: 0.5 }, 'POOL_INPUT_INVALID'],
    ['no weeks', { weeks: 0 }, 'POOL_INPUT_INVALID'],
    ['a source that no account can name', { sources: [source('a b', [])] }, 'POOL_INPUT_INVALID'],
    [
      'a mandate in another currency',
      firstSource({ capacity: { amount: '5.00', currency: 'CNY' } }),
      'POOL_INPUT_INVALID',
    ],
    ['an amount that is none', firstSource({ creditLimit: usd('5.1') }), 'AMOUNT_MALFORMED'],
    [
      'a credit below nothing',
      firstSource({ creditLimit: usd('-5.00') }),
      'ACCOUNT_LIMITS_INVALID',
    ],
    ['a source that serves nobody', { sources: [source('a', [])] }, 'FUNDING_SOURCE_INVALID'],
    ['too little money', { sources: exampleSources.slice(0, 0) }, 'FUNDING_INSUFFICIENT'],
    [
      'a main account of nobody',
      { mainAccount: { ...main, subAccounts: 0 } },
      'MAIN_ACCOUNT_SIZE_INVALID',
    ],
    [
      'a threshold of nothing',
      { mainAccount: { ...main, threshold: usd('0.00') } },
      'SETTLEMENT_RULE_INVALID',
    ],
  ])('with %s', async (_, change, code) => {
    const before = await tableDigests(system.db);
    const opened = await system.activities.openPool(examplePool(change));
    expect(opened).toMatchObject({ kind: 'refusal', code });
    expect(await tableDigests(system.db)).toEqual(before);
  });

  test('opened before with other content, or over an account with other limits', async () => {
    await system.openPool();
    const before = await tableDigests(system.db);
    const answers = [
      await system.activities.openPool(examplePool({ name: 'another' })),
      await system.activities.openPool(
        examplePool({ poolId: 'august', ...firstSource({ creditLimit: usd('1.00') }) }),
      ),
    ];
    expect(answers).toMatchObject([
      { code: 'POOL_EXISTS_DIFFERENTLY' },
      { code: 'ACCOUNT_EXISTS_DIFFERENTLY' },
    ]);
    expect(await tableDigests(system.db)).toEqual(before);
  });
});

describe('closing a pool', () => {
  const close = { poolId: 'july', currency: 'USD' };

  test('releases what is left of each mandate, the same at every call', async () => {
    await system.openPool();
    await system.record([exampleRedemption()]);
    const progress: BatchProgress = {
      ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
      subsidy: null,
    };
    const chunk = { poolId: 'july', batchId: 'batch-1', limit: 10, progress };
    await system.activities.settleChunk(chunk);
    const closed = await system.activities.closePool(close);
    expect(closed).toEqual({
      kind: 'closed',
      released: [
        { sourceId: 'brand-1208', unused: usd('4799.17') },
        { sourceId: 'match-fund', unused: usd('4799.75') },
        { sourceId: 'other-brands', unused: usd('4800.00') },
        { sourceId: 'platform-budget', unused: usd('4798.20') },
      ],
    });
    const before = await tableDigests(system.db);
    expect(await system.activities.closePool(close)).toEqual(closed);
    expect(changedTables(before, await tableDigests(system.db))).toEqual([]);
  });

  test.each([
    ['pool that is unknown', { poolId: 'august' }, 'POOL_UNKNOWN'],
    ['currency that is none', { currency: 'dollars' }, 'CURRENCY_UNKNOWN'],
  ])('of a %s is refused', async (_, change, code) => {
    await system.openPool();
    expect(await system.activities.closePool({ ...close, ...change })).toMatchObject({ code });
  });
});
