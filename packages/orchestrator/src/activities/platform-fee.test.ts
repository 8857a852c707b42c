import { readFile } from 'node:fs/promises';
import { parseTariff, publishTariff } from '@sluice/billing';
import { withTransaction } from '@sluice/database';
import { countBookingBatches, openAccounts, readBalances, traceReference } from '@sluice/ledger';
import { expectAnswer, parseCurrency } from '@sluice/money';
import { readPayout } from '@sluice/payout';
import { readOutcomes, type Redemption } from '@sluice/pool';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchProgress, ChunkSettled, RedemptionOutcome } from '../contract.ts';
import {
  exampleFeeMinor,
  exampleRedemption,
  exampleSubsidyMinor,
  manyRedemptions,
  usd,
  usdMinor,
} from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import { changedTables, tableDigests } from '../testing/table-digests.ts';
import { configFolder, openTestSystem, type TestSystem } from '../testing/test-system.ts';

const income = 'income/platform-fee/USD';
const progress: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};
const chunk = { poolId: 'july', batchId: 'batch-1', limit: 100, progress };

let system: TestSystem;
beforeEach(async () => {
  system = await openTestSystem();
  await system.openPool();
});
afterEach(async () => {
  expect(await violations(system)).toEqual([]);
  await system.close();
});

/** From a day in the middle of the pool on, the platform keeps something else. */
const changesOn = '2017-07-15';
const after = { redeemedAt: `${changesOn}T10:00:00.000Z` };

async function publishFee(rate: object, change: object = {}): Promise<void> {
  const file = `${configFolder}/tariffs/platform-fee.json`;
  const written = JSON.parse(await readFile(file, 'utf8')) as object;
  const cells = { rates: [{ cell: { kind: '*' }, ...rate }] };
  const next = { id: 'platform-fee-july', version: 2, effectiveFrom: changesOn };
  const tariff = expectAnswer(parseTariff({ ...written, ...next, ...cells, ...change }));
  expectAnswer(await withTransaction(system.db.app, (tx) => publishTariff(tx, tariff)));
}

async function settleChunk(): Promise<ChunkSettled> {
  return expectAnswer(await system.activities.settleChunk(chunk));
}

async function drawAndBook(redemptionId = 'RED-1'): Promise<RedemptionOutcome> {
  return expectAnswer(await system.activities.drawAndBook({ poolId: 'july', redemptionId }));
}

async function balanceOf(code: string): Promise<bigint | undefined> {
  return (await readBalances(system.db.app, [code])).get(code);
}

async function bookedTypes(reference: string): Promise<readonly string[]> {
  return (await traceReference(system.db.app, reference)).map(({ type }) => type);
}

/** Of 0.20 loyalty cut the seller is paid back 0.12. */
const small: Partial<Redemption> = { couponValueMinor: 0n, loyaltyDiscountMinor: 20n };

test('a fee that rounds to nothing is explained, and books nothing', async () => {
  await system.record([exampleRedemption(small)]);
  const settled = await settleChunk();
  expect(settled.progress).toMatchObject({ paid: 1, subsidy: usd('0.12'), fee: usd('0.00') });
  expect(await bookedTypes('RED-1')).toEqual(['subsidy.loyalty', 'subsidy.loyalty']);
  expect(await balanceOf(income)).toBeUndefined();
  const [outcome] = await readOutcomes(system.db.app, ['RED-1']);
  expect(outcome).toMatchObject({
    platformFeeMinor: 0n,
    explanation: { fees: { loyalty: { amount: '0.00', tariff: 'platform-fee-2017@1/3' } } },
  });
});

test('a fee is gathered for the accounting server as everything else is', async () => {
  await system.record(manyRedemptions(30));
  await settleChunk();
  const batches = await countBookingBatches(system.db.app);
  const fees = batches.find(({ rule }) => rule === 'fee.platform');
  expect(fees?.transfers).toBeGreaterThan(5);
});

test('the version of the day of the redemption is what counts, and is recorded', async () => {
  await publishFee({ proportion: '0.10' });
  await system.record([exampleRedemption(), exampleRedemption({ id: 'RED-2', ...after })]);
  await settleChunk();
  const outcomes = await readOutcomes(system.db.app, ['RED-1', 'RED-2']);
  // Of 0.75, 0.25 and 1.80: a tenth of each, halves to the even cent.
  expect(outcomes.map(({ platformFeeMinor }) => platformFeeMinor)).toEqual([
    exampleFeeMinor,
    8n + 2n + 18n,
  ]);
  expect(outcomes[1]).toMatchObject({
    explanation: { fees: { coupon: { amount: '0.08', tariff: 'platform-fee-july@2/1' } } },
  });
});

describe('a fee that takes the whole subsidy', () => {
  test('leaves nothing to pay: the single lane records no payout', async () => {
    await publishFee({ proportion: '1.00' });
    await system.record([exampleRedemption({ ...small, ...after })]);
    const outcome = await drawAndBook();
    expect(outcome).toMatchObject({ kind: 'paid', subsidy: usd('0.12'), net: usd('0.00') });
    expect(outcome).toMatchObject({ fee: usd('0.12'), payoutId: null });
    expect(await drawAndBook()).toEqual(outcome);
    expect(await readPayout(system.db.app, 'redemption/RED-1')).toBeUndefined();
    expect(await balanceOf('payable/330')).toBe(0n);
    expect(await balanceOf(income)).toBe(12n);
  });

  test('never takes the handling fee, which is the seller’s pay for its work', async () => {
    await publishFee({ proportion: '1.00' });
    await system.record([exampleRedemption(after)]);
    expect(await drawAndBook()).toMatchObject({ net: usd('0.08'), fee: usd('2.80') });
    expect(await balanceOf('payable/330')).toBe(8n);
  });
});

describe('a redemption that cannot bear its fee is refused, and nothing is booked', () => {
  test.each<[string, object, object, string]>([
    ['of a fee above the subsidy', { flat: '0.26' }, {}, 'FEE_EXCEEDS_SUBSIDY'],
    [
      'of a tariff that does not know a kind of discount',
      { flat: '0.01' },
      { dimensions: [{ name: 'kind', type: 'enumeration', values: ['coupon', 'loyalty'] }] },
      'OUT_OF_RANGE',
    ],
  ])('because %s', async (_, rate, change, code) => {
    await publishFee(rate, change);
    await system.record([exampleRedemption({ ...after, sellerId: 'newcomer' })]);
    const before = await tableDigests(system.db);
    expect((await settleChunk()).progress).toMatchObject({ refused: 1, fee: usd('0.00') });
    const tables = changedTables(before, await tableDigests(system.db));
    expect(tables).toEqual(['database.receipt', 'pool.outcome']);
    expect(await drawAndBook()).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  test('because the ledger cannot credit it: the draws are undone, too', async () => {
    const currency = expectAnswer(parseCurrency('CNY'));
    const account = { code: income, currency, floorMinor: 0n, ceilingMinor: null };
    await withTransaction(system.db.app, (tx) => openAccounts(tx, [account]));
    await system.record([exampleRedemption(), exampleRedemption({ id: 'RED-2', ...small })]);
    expect((await settleChunk()).progress).toMatchObject({ paid: 1, refused: 1 });
    expect(await readOutcomes(system.db.app, ['RED-1'])).toMatchObject([
      { status: 'refused', refusal: { code: 'POSTING_REFUSED' }, platformFeeMinor: 0n, lines: [] },
    ]);
    expect(await bookedTypes('RED-1')).toEqual([]);
    expect(await balanceOf('payable/330')).toBe(12n);
  });
});

test('what was settled before there was a fee stays as it was', async () => {
  await publishFee({ flat: '0.00' });
  await system.record([exampleRedemption(after)]);
  const settled = await settleChunk();
  const changed = await system.db.owner.query(
    `update database.receipt set outcome = outcome - 'platformFeeMinor'
     where key = 'subsidy:RED-1' and outcome ? 'platformFeeMinor' returning key`,
  );
  expect(changed).toHaveLength(1);
  expect(await settleChunk()).toEqual(settled);
  expect(await drawAndBook()).toMatchObject({
    ...{ kind: 'paid', payoutId: null },
    ...{ subsidy: usdMinor(exampleSubsidyMinor), fee: usd('0.00') },
    net: usdMinor(exampleSubsidyMinor),
  });
});
