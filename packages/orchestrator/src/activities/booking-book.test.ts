import { withTransaction } from '@sluice/database';
import {
  countBookingBatches,
  formatBookingRules,
  parseBookingRules,
  publishBookingRules,
  traceReference,
} from '@sluice/ledger';
import { expectAnswer, isRefusal } from '@sluice/money';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatchProgress } from '../contract.ts';
import { manyRedemptions } from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';
import { BookingBook } from './booking-book.ts';

const progress: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};

let system: TestSystem;
beforeEach(async () => void (system = await openTestSystem()));
afterEach(() => system.close());

/** The rules of the configuration, from a day on with an account of its own for match draws. */
async function publishNext(effectiveFrom: string): Promise<void> {
  const json = formatBookingRules(system.program.bookingRules);
  const text = JSON.stringify({ ...json, version: 2, effectiveFrom });
  const changed = text.replaceAll('pool/{pool}/intermediary', 'pool/{pool}/through');
  const set = expectAnswer(parseBookingRules(JSON.parse(changed)));
  expectAnswer(await withTransaction(system.db.app, (tx) => publishBookingRules(tx, set)));
}

test('each redemption is booked by the version of its own day, in one chunk', async () => {
  await system.openPool();
  const redemptions = manyRedemptions(30, { days: 2 });
  await system.record(redemptions);
  const days = [...new Set(redemptions.map(({ redeemedAt }) => redeemedAt.slice(0, 10)))].sort();
  expect(days).toHaveLength(2);
  await publishNext(days[1] ?? '');
  await system.db.owner.query(
    `insert into ledger.account (code, currency) values ('pool/july/through', 'USD')`,
  );
  await system.activities.settleChunk({ poolId: 'july', batchId: 'batch-1', limit: 100, progress });
  const seen = new Set<string>();
  for (const { id, redeemedAt } of redemptions) {
    const codes = (await traceReference(system.db.app, id)).map((one) => one.creditAccount);
    const day = redeemedAt.slice(0, 10);
    for (const code of codes.filter((one) => one.startsWith('pool/'))) seen.add(`${day} ${code}`);
  }
  expect([...seen].sort()).toEqual([
    `${days[0]} pool/july/intermediary`,
    `${days[1]} pool/july/through`,
  ]);
  const rows = await system.db.app.query<{ version: number }>(
    'select distinct rule_set_version as version from ledger.booking_task_entry order by 1',
  );
  expect(rows.map(({ version }) => version)).toEqual([1, 2]);
  expect((await countBookingBatches(system.db.app)).length).toBeGreaterThan(0);
  expect(await violations(system)).toEqual([]);
});

test('a day before the first version has none', async () => {
  const book = new BookingBook(system.program.bookingRules.id);
  await book.refresh(system.db.app);
  expect(isRefusal(book.on('2017-01-01'))).toBe(false);
  expect(book.on('2016-12-31')).toMatchObject({ code: 'BOOKING_RULES_NOT_FOUND' });
});
