import { withTransaction } from '@sluice/database';
import { openAccounts, readBalances, traceReference } from '@sluice/ledger';
import { expectAnswer, parseCurrency } from '@sluice/money';
import { readPayout } from '@sluice/payout';
import { closePool, readOutcomes, type Redemption } from '@sluice/pool';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchProgress, ChunkSettled, RedemptionOutcome } from '../contract.ts';
import {
  exampleFeeMinor,
  exampleNetMinor,
  examplePool,
  exampleRedemption,
  exampleSources,
  exampleSubsidyMinor,
  manyRedemptions,
  source,
  usd,
  usdMinor,
} from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import { changedTables, tableDigests } from '../testing/table-digests.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';

const start: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};
const chunk = { poolId: 'july', batchId: 'batch-1', limit: 100, progress: start };
const single = { poolId: 'july', redemptionId: 'RED-1' };

let system: TestSystem;
beforeEach(async () => void (system = await openTestSystem()));
afterEach(async () => {
  expect(await violations(system)).toEqual([]);
  await system.close();
});

async function settleChunk(): Promise<ChunkSettled> {
  return expectAnswer(await system.activities.settleChunk(chunk));
}

async function drawAndBook(redemptionId = 'RED-1'): Promise<RedemptionOutcome> {
  return expectAnswer(await system.activities.drawAndBook({ ...single, redemptionId }));
}

async function balanceOf(code: string): Promise<bigint | undefined> {
  return (await readBalances(system.db.app, [code])).get(code);
}

async function outcomeOf(id: string): Promise<{ status: string; code: string | undefined }> {
  const [outcome] = await readOutcomes(system.db.app, [id]);
  return { status: outcome?.status ?? 'none', code: outcome?.refusal?.code };
}

/** Records one redemption and settles it beside two good ones. */
async function settleBeside(odd: Redemption): Promise<ChunkSettled> {
  const [first, last] = ['GOOD-1', 'GOOD-2'].map((id) => exampleRedemption({ id }));
  await system.record([first!, odd, last!]);
  const settled = await settleChunk();
  expect(settled.progress.paid).toBeGreaterThanOrEqual(2);
  expect(await outcomeOf('GOOD-1')).toEqual({ status: 'paid', code: undefined });
  expect(await outcomeOf('GOOD-2')).toEqual({ status: 'paid', code: undefined });
  return settled;
}

describe('a redemption', () => {
  test('is paid back its share, match and fee, each from its source, less a fee', async () => {
    await system.openPool();
    await system.record([exampleRedemption()]);
    const settled = await settleChunk();
    expect(settled.rows).toBe(1);
    expect(settled.progress).toMatchObject({
      ...{ paid: 1, subsidy: usdMinor(exampleSubsidyMinor) },
      fee: usdMinor(exampleFeeMinor),
    });
    expect(await balanceOf('payable/330')).toBe(exampleNetMinor);
    expect(await balanceOf('income/platform-fee/USD')).toBe(exampleFeeMinor);
    expect(await balanceOf('funding/brand-1208')).toBe(-83n);
    expect(await balanceOf('funding/match-fund')).toBe(-25n);
    expect(await balanceOf('funding/platform-budget')).toBe(-180n);
    const transfers = await traceReference(system.db.app, 'RED-1');
    expect(transfers).toHaveLength(9);
    expect(transfers.filter(({ type }) => type === 'fee.platform')).toMatchObject([
      { debitAccount: 'payable/330', creditAccount: 'income/platform-fee/USD' },
    ]);
    const [outcome] = await readOutcomes(system.db.app, ['RED-1']);
    expect(outcome).toMatchObject({
      ...{ subsidyMinor: exampleSubsidyMinor, platformFeeMinor: exampleFeeMinor },
      explanation: {
        fees: {
          coupon: { amount: '0.01', tariff: 'platform-fee-2017@1/1' },
          match: { amount: '0.00', tariff: 'platform-fee-2017@1/2' },
          loyalty: { amount: '0.02', tariff: 'platform-fee-2017@1/3' },
        },
      },
    });
  });

  test('is settled once by a chunk that is repeated', async () => {
    await system.openPool();
    await system.record(manyRedemptions(60));
    const first = await settleChunk();
    const before = await tableDigests(system.db);
    expect(await settleChunk()).toEqual(first);
    expect(await tableDigests(system.db)).toEqual(before);
  });

  test('is settled once by chunks that race on several connections', async () => {
    await system.openPool();
    await system.record(manyRedemptions(60));
    const answers = await Promise.all(Array.from({ length: 6 }, settleChunk));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const { paid = 0, refused = 0 } = answers[0]?.progress ?? {};
    expect(paid + refused).toBe(60);
    expect(paid).toBeGreaterThan(50);
  });

  test('is paid once when both lanes see it at the same moment', async () => {
    await system.openPool();
    for (let round = 0; round < 6; round += 1) {
      const id = `RED-${round}`;
      const batchId = `batch-${round}`;
      await system.record([exampleRedemption({ id })], batchId);
      const [one, bulk] = await Promise.all([
        system.activities.drawAndBook({ ...single, redemptionId: id }),
        system.activities.settleChunk({ ...chunk, batchId }),
      ]);
      expect(one).toMatchObject({ kind: 'paid', subsidy: usdMinor(exampleSubsidyMinor) });
      expect(bulk).toMatchObject({ progress: { paid: 1, subsidy: usdMinor(exampleSubsidyMinor) } });
      // The lane that drew is the one that a payout was recorded by, or not.
      const [outcome] = await readOutcomes(system.db.app, [id]);
      const payout = await readPayout(system.db.app, `redemption/${id}`);
      expect(outcome?.status).toBe('paid');
      expect(expectAnswer(one).payoutId).toBe(payout?.id ?? null);
    }
    expect(await balanceOf('payable/330')).toBe(6n * exampleNetMinor);
    expect(await balanceOf('income/platform-fee/USD')).toBe(6n * exampleFeeMinor);
  });

  test('gets a payout of its own from the single lane, none from the bulk lane', async () => {
    await system.openPool();
    await system.record([exampleRedemption(), exampleRedemption({ id: 'RED-2' })]);
    const first = await drawAndBook('RED-1');
    expect(first.payoutId).toBe('redemption/RED-1');
    expect(await drawAndBook('RED-1')).toEqual(first);
    await settleChunk();
    const late = await drawAndBook('RED-2');
    expect(late).toMatchObject({ kind: 'paid', payoutId: null });
    expect(await readPayout(system.db.app, 'redemption/RED-2')).toBeUndefined();
  });

  test('that no bank key can name is paid with the seller’s next payout', async () => {
    await system.openPool();
    const id = `RED ${'é'.repeat(90)}`;
    await system.record([exampleRedemption({ id })]);
    const outcome = await drawAndBook(id);
    expect(outcome).toMatchObject({ kind: 'paid', payoutId: null });
    expect(await balanceOf('payable/330')).toBe(exampleNetMinor);
  });
});

test('what the rules cannot decide is parked in plain sight, by both lanes', async () => {
  const currency = 'CNY';
  const yuan = { amount: '1.00', currency };
  await system.openPool({
    currency,
    sources: [source('budget', [{ kind: 'loyalty' }], { capacity: yuan, creditLimit: yuan })],
    mainAccount: { ...examplePool().mainAccount, threshold: yuan },
  });
  await system.record(
    ['RED-1', 'RED-2'].map((id) => exampleRedemption({ id, currency, sellerId: 'newcomer' })),
  );
  const before = await tableDigests(system.db);
  expect(await drawAndBook()).toMatchObject({
    kind: 'parked',
    payoutId: null,
    refusal: { code: 'DISCOUNT_UNDECIDED', details: { rule: 'face-value' } },
  });
  expect((await settleChunk()).progress).toMatchObject({ paid: 0, refused: 0, parked: 2 });
  const changed = changedTables(before, await tableDigests(system.db));
  expect(changed).toEqual(['database.receipt', 'pool.outcome']);
});

describe('a refusal leaves nothing but its receipt and outcome', () => {
  const refusedTables = ['database.receipt', 'pool.outcome'];

  test.each<[string, Partial<Redemption>, string]>([
    ['without any discount', { couponValueMinor: 0n, loyaltyDiscountMinor: 0n }, 'NO_SUBSIDY'],
    ['with a coupon of no brand', { brandId: null }, 'BRAND_UNKNOWN'],
    ['before the tariffs begin', { redeemedAt: '2016-12-31T10:00:00Z' }, 'TARIFF_NOT_FOUND'],
    ['beyond all mandates', { couponValueMinor: 90_000_00n }, 'POOL_EXHAUSTED'],
    [
      'of a seller whose name cannot be part of an account code',
      { sellerId: '330/fees' },
      'BOOKING_PARAMETER_MALFORMED',
    ],
    ['of a seller in letters of no code', { sellerId: 'Büro 7' }, 'BOOKING_PARAMETER_MALFORMED'],
  ])('%s', async (_, change, code) => {
    await system.openPool();
    await system.record([exampleRedemption({ sellerId: 'newcomer', ...change })]);
    const before = await tableDigests(system.db);
    const settled = await settleChunk();
    expect(settled.progress).toMatchObject({ paid: 0, refused: 1, subsidy: usd('0.00') });
    expect(await outcomeOf('RED-1')).toEqual({ status: 'refused', code });
    expect(changedTables(before, await tableDigests(system.db))).toEqual(refusedTables);
    // And stays refused, in both lanes.
    const after = await tableDigests(system.db);
    expect(await drawAndBook()).toMatchObject({
      kind: 'refused',
      payoutId: null,
      refusal: { code },
    });
    expect(await settleChunk()).toEqual(settled);
    expect(await tableDigests(system.db)).toEqual(after);
  });

  test('of a closed pool', async () => {
    await system.openPool();
    await system.record([exampleRedemption()]);
    await withTransaction(system.db.app, (tx) => closePool(tx, 'july'));
    const before = await tableDigests(system.db);
    expect(await drawAndBook()).toMatchObject({
      kind: 'refused',
      refusal: { code: 'POOL_CLOSED' },
    });
    expect(changedTables(before, await tableDigests(system.db))).toEqual(refusedTables);
  });

  test('of a mandate that is used up, while others go on', async () => {
    const sources = exampleSources.map((one) =>
      one.id === 'brand-1208' ? source('brand-1208', one.serves, { capacity: usd('1.00') }) : one,
    );
    await system.openPool({ sources });
    await system.record([
      exampleRedemption({ id: 'RED-1' }),
      exampleRedemption({ id: 'RED-2' }),
      exampleRedemption({ id: 'RED-3', couponValueMinor: 0n }),
    ]);
    expect((await settleChunk()).progress).toMatchObject({ paid: 2, refused: 1 });
    expect(await outcomeOf('RED-2')).toEqual({ status: 'refused', code: 'MANDATE_EXHAUSTED' });
    expect(await balanceOf('funding/brand-1208')).toBe(-83n);
  });
});

describe('what the ledger refuses is refused whole, and its neighbours go through', () => {
  test('a payable that is open in another currency', async () => {
    await system.openPool();
    const yuan = expectAnswer(parseCurrency('CNY'));
    await withTransaction(system.db.app, (tx) =>
      openAccounts(tx, [
        { code: 'payable/777', currency: yuan, floorMinor: 0n, ceilingMinor: null },
      ]),
    );
    await settleBeside(exampleRedemption({ id: 'ODD', sellerId: '777' }));
    expect(await outcomeOf('ODD')).toEqual({ status: 'refused', code: 'POSTING_REFUSED' });
    expect(await balanceOf('payable/777')).toBe(0n);
    expect(await balanceOf('payable/330')).toBe(2n * exampleNetMinor);
  });

  test('a funding account whose credit ends before its mandate', async () => {
    const sources = exampleSources.map((one) =>
      one.id === 'platform-budget'
        ? source('platform-budget', one.serves, { creditLimit: usd('4.00') })
        : one,
    );
    await system.openPool({ sources });
    const redemptions = ['A', 'B', 'C', 'D'].map((id) => exampleRedemption({ id }));
    await system.record([...redemptions, exampleRedemption({ id: 'E', loyaltyDiscountMinor: 0n })]);
    const { progress } = await settleChunk();
    expect(progress).toMatchObject({ paid: 3, refused: 2 });
    expect(await outcomeOf('C')).toEqual({ status: 'refused', code: 'POSTING_REFUSED' });
    expect(await outcomeOf('E')).toEqual({ status: 'paid', code: undefined });
    expect(await balanceOf('funding/platform-budget')).toBe(-360n);
  });

  test('its draw is undone with it, so that the next one gets the money', async () => {
    const sources = exampleSources.map((one) =>
      one.id === 'brand-1208' ? source('brand-1208', one.serves, { capacity: usd('1.00') }) : one,
    );
    await system.openPool({ sources });
    const yuan = expectAnswer(parseCurrency('CNY'));
    await withTransaction(system.db.app, (tx) =>
      openAccounts(tx, [
        { code: 'payable/777', currency: yuan, floorMinor: 0n, ceilingMinor: null },
      ]),
    );
    await system.record([
      exampleRedemption({ id: 'ODD', sellerId: '777' }),
      exampleRedemption({ id: 'NEXT' }),
    ]);
    expect((await settleChunk()).progress).toMatchObject({ paid: 1, refused: 1 });
    expect(await outcomeOf('NEXT')).toEqual({ status: 'paid', code: undefined });
  });
});

describe('what cannot be settled at all is answered, not tried for ever', () => {
  test('a pool that is not there', async () => {
    await system.openPool();
    await system.record([exampleRedemption()]);
    const before = await tableDigests(system.db);
    const other = { ...chunk, batchId: 'empty', poolId: 'august' };
    expect(await system.activities.settleChunk(other)).toMatchObject({ code: 'POOL_UNKNOWN' });
    expect(await tableDigests(system.db)).toEqual(before);
    await settleChunk();
  });

  test('a redemption that was recorded for another pool', async () => {
    await system.openPool();
    await system.openPool({ poolId: 'august', opensOn: '2017-07-29', closesOn: '2017-08-25' });
    await system.record([exampleRedemption()]);
    const before = await tableDigests(system.db);
    const elsewhere = { poolId: 'august', redemptionId: 'RED-1' };
    const answers = [
      await system.activities.drawAndBook(elsewhere),
      await system.activities.settleChunk({ ...chunk, poolId: 'august' }),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ code: 'POOL_DIFFERS' });
    expect(await tableDigests(system.db)).toEqual(before);
    await settleChunk();
  });

  test('a redemption that was never recorded', async () => {
    await system.openPool();
    const { activities } = system;
    const steps = ['sellerOf', 'decideDiscounts', 'quoteSubsidy', 'drawAndBook'] as const;
    for (const step of steps) {
      expect(await activities[step](single)).toMatchObject({ code: 'REDEMPTION_UNKNOWN' });
    }
  });
});

describe('the steps of the single lane', () => {
  test('show what the rules and tariffs say, as drawing will', async () => {
    await system.openPool();
    await system.record([exampleRedemption()]);
    const { activities } = system;
    expect(await activities.sellerOf(single)).toEqual({ kind: 'found', sellerId: '330' });
    expect(await activities.decideDiscounts(single)).toMatchObject({
      discounts: { coupon: usd('0.75'), match: usd('0.25'), loyalty: usd('3.60') },
    });
    const quote = await activities.quoteSubsidy(single);
    expect(quote).toMatchObject({
      ...{ kind: 'quoted', subsidy: usdMinor(exampleSubsidyMinor), fee: usdMinor(exampleFeeMinor) },
      fees: [
        { kind: 'coupon', amount: usd('0.01') },
        { kind: 'match', amount: usd('0.00') },
        {
          kind: 'loyalty',
          amount: usd('0.02'),
          tariff: expect.stringMatching(/^platform-fee-2017@1/),
        },
      ],
    });
    await drawAndBook();
  });

  test('show a refusal, too, and drawing records it', async () => {
    await system.openPool();
    await system.record([exampleRedemption({ brandId: null })]);
    expect(await system.activities.quoteSubsidy(single)).toMatchObject({ code: 'BRAND_UNKNOWN' });
    expect(await drawAndBook()).toMatchObject({ refusal: { code: 'BRAND_UNKNOWN' } });
  });
});

test('a chunk adds to the progress before it, and an empty one changes nothing', async () => {
  await system.openPool();
  await system.record(manyRedemptions(25));
  let progress = start;
  const rows: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const settled = await system.activities.settleChunk({ ...chunk, limit: 10, progress });
    rows.push(expectAnswer(settled).rows);
    ({ progress } = expectAnswer(settled));
  }
  expect(rows).toEqual([10, 10, 5, 0]);
  expect(await settleChunk()).toMatchObject({ rows: 25, progress });
});
