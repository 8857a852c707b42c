import { StackError } from '@sluice/stack';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classifyMatch, type CouponLine } from './match-audit.ts';
import { openParquet, readCents, readIntegers, readTimes } from './parquet-columns.ts';
import { fetchCompleteJourney, prepareDataset } from './prepare-dataset.ts';
import { redemptionColumns } from './redemption-csv.ts';
import type { WeekEntry } from './week-file.ts';
import { writeInThread } from './write-in-thread.ts';

type Files = Awaited<ReturnType<typeof fetchCompleteJourney>>;

const options = { env: process.env, onProgress: () => {} };

/** The real files; where they cannot be had, `prepareDataset` must say so, and that is tested. */
async function realFiles(): Promise<Files | undefined> {
  try {
    return await fetchCompleteJourney(options);
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    const { source, notice } = await prepareDataset({ ...options, weeks: [27] });
    expect(source).toBe('generated');
    expect(notice).toContain(error.message);
    return undefined;
  }
}

const files = await realFiles();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-complete-journey-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function convert({ transactions, products }: Files): Promise<readonly WeekEntry[]> {
  const job = { source: 'complete-journey', folder, transactions, products } as const;
  return writeInThread(job, () => {});
}

async function rowsOf({ file }: WeekEntry): Promise<Record<string, string>[]> {
  const [header = '', ...rows] = (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n');
  expect(header).toBe(redemptionColumns.join(','));
  return rows.map((row) =>
    Object.fromEntries(row.split(',').map((cell, column) => [redemptionColumns[column]!, cell])),
  );
}

function minor(amount: string | undefined): bigint {
  return BigInt((amount ?? '').replace('.', ''));
}

function couponLine(row: Record<string, string>): CouponLine {
  return {
    couponValueMinor: minor(row['coupon_value']),
    recordedMatchMinor: minor(row['recorded_match']),
    quantity: Number(row['quantity']),
    paidMinor: minor(row['paid']),
  };
}

function verdict(line: CouponLine): string {
  const found = classifyMatch(line);
  if (found === 'as-the-rule') return found;
  return found.kind === 'several-coupons' && !found.equal ? 'different-coupons' : found.kind;
}

function total(
  entries: readonly WeekEntry[],
  column: 'couponMinor' | 'matchMinor' | 'loyaltyMinor',
) {
  return entries.reduce((sum, entry) => sum + BigInt(entry[column]), 0n);
}

function expectYear(entries: readonly WeekEntry[]) {
  expect(entries.map(({ week }) => week)).toEqual(Array.from({ length: 53 }, (_, at) => at + 1));
  expect(entries.reduce((sum, { lines }) => sum + lines, 0)).toBe(1_469_307);
  expect(entries.reduce((sum, { redemptions }) => sum + redemptions, 0)).toBe(746_184);
  expect(total(entries, 'couponMinor')).toBe(26_359_90n);
  expect(total(entries, 'matchMinor')).toBe(4_542_65n);
  expect(total(entries, 'loyaltyMinor')).toBe(791_650_64n);
}

/** One pass over all rows: what is written, and how the recorded match compares with the rule. */
async function audit(entries: readonly WeekEntry[]) {
  const verdicts: Record<string, number> = {};
  let [couponMinor, withoutBrand, lastId, lastTime] = [0n, 0, '', ''];
  for (const entry of entries) {
    const rows = await rowsOf(entry);
    expect(rows).toHaveLength(entry.redemptions);
    for (const row of rows) {
      const [id = '', time = ''] = [row['redemption_id'], row['redeemed_at']];
      if (id <= lastId || time < lastTime) throw new Error(`${id} is out of order`);
      [lastId, lastTime] = [id, time];
      if (row['brand_id'] === '') withoutBrand += 1;
      const line = couponLine(row);
      if (line.couponValueMinor === 0n) continue;
      couponMinor += line.couponValueMinor;
      verdicts[verdict(line)] = (verdicts[verdict(line)] ?? 0) + 1;
    }
  }
  return { verdicts, couponMinor, withoutBrand, lastTime };
}

async function testRealYear(real: Files) {
  const entries = await convert(real);
  expectYear(entries);
  const digest = createHash('sha256');
  for (const { sha256 } of entries) digest.update(sha256);
  // Another digest is another formatVersion, or old caches would be believed.
  expect(digest.digest('hex')).toBe(
    '8a11fb81970f6eb8a6e2cc595b9733974fb907ef4d677001c9afe3afb4a19c31',
  );
  expect((await rowsOf(entries[26]!))[0]).toEqual({
    redemption_id: 'cj-0710639',
    seller_id: '382',
    user_id: '84',
    redeemed_at: '2017-06-26T04:06:04.000Z',
    product_id: '883916',
    brand_id: '1225',
    quantity: '1',
    paid: '0.34',
    coupon_value: '0.00',
    loyalty_discount: '0.16',
    recorded_match: '0.00',
    currency: 'USD',
  });
  expect(await audit(entries)).toEqual({
    verdicts: {
      'as-the-rule': 20_449,
      'several-coupons': 673,
      'no-purchase': 363,
      'limited-by-price': 186,
      'different-coupons': 139,
      excluded: 60,
      unexplained: 19,
    },
    couponMinor: 26_359_90n,
    withoutBrand: 2_969,
    lastTime: '2018-01-01T04:01:20.000Z',
  });
}

describe('The Complete Journey', () => {
  it('becomes one CSV a week that ties to the file to the cent, or is called missing', async () => {
    if (files !== undefined) await testRealYear(files);
  }, 180_000);

  it('is refused column by column when it is not what it was', async () => {
    if (files === undefined) return;
    const till = await openParquet(files.transactions);
    await expect(readIntegers(till, 'basket_id')).rejects.toThrow('Column basket_id, row 1: 31198');
    await expect(readIntegers(till, 'sales_value')).rejects.toThrow('Column sales_value, row 1: ');
    await expect(readCents(till, 'store_id')).rejects.toThrow('Column store_id, row 1: 330 is not');
    await expect(readTimes(till, 'week')).rejects.toThrow('Column week, row 1: 1 is not');
    await expect(readCents(till, 'nothing')).rejects.toThrow('nothing');
  }, 60_000);

  it('tells the caller when the thread cannot read it', async () => {
    const missing = join(folder, 'missing.parquet');
    await expect(convert({ transactions: missing, products: missing })).rejects.toThrow('ENOENT');
  });
});
