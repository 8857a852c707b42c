import {
  bookEntries,
  diffBookings,
  findBookingRule,
  formatBookingRules,
  parseBookingRules,
  traceReference,
  type BookingEvent,
} from '@sluice/ledger';
import { expectAnswer, toWire, type Money } from '@sluice/money';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleRedemption, manyRedemptions, usd } from '../testing/examples.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';
import { countBookingEvents, readBookingEvents } from './read-booking-events.ts';

const batch = { poolId: 'july', batchId: 'batch-1', limit: 1_000 };
const none = { afterSequence: '0', paid: 0, refused: 0, parked: 0, subsidy: null };

let system: TestSystem;
beforeEach(async () => {
  system = await openTestSystem();
  await system.openPool();
  await system.record([exampleRedemption(), ...manyRedemptions(60)]);
  expectAnswer(await system.activities.settleChunk({ ...batch, progress: none }));
  await payOne();
});
afterEach(() => system.close());

/** Tops the paying account up, pays seller 330, and gets the money back. */
async function payOne(): Promise<void> {
  const { activities, bank } = system;
  const payment = { payoutId: 'july/330/1', mainAccountId: 'main' };
  expectAnswer(await activities.planPayouts({ poolId: 'july', mainAccountId: 'main', runId: 'r' }));
  const order = { ...payment, sellerId: '330', amount: usd('2.85'), reference: 'july' };
  expect(await activities.reservePayout(order)).toMatchObject({ kind: 'reserved' });
  expect(await activities.submitPayment(payment)).toMatchObject({ state: 'settled' });
  bank.ends('july/330/1:1', 'returned');
  expect(await activities.queryPayment(payment)).toMatchObject({ state: 'returned' });
}

async function* events(): AsyncGenerator<BookingEvent> {
  for await (const page of readBookingEvents(system.db.app, system.program)) {
    expect(page.lost).toBe(0);
    yield* page.events;
  }
}

test('recorded events, booked again, are exactly the transfers in the ledger', async () => {
  const again = new Map<string, readonly Shown[]>();
  const types = new Set<string>();
  let count = 0;
  for await (const event of events()) {
    const rule = expectAnswer(findBookingRule(system.program.bookingRules, event));
    const transfers = expectAnswer(bookEntries(rule, event)).map(shown);
    again.set(event.reference, [...(again.get(event.reference) ?? []), ...transfers]);
    types.add(event.businessType);
    count += 1;
  }
  expect(count).toBeGreaterThan(100);
  expect(await countBookingEvents(system.db.app, system.program)).toBe(count);
  expect([...types]).toEqual(
    expect.arrayContaining([
      'subsidy.match',
      'fee.platform',
      'settlement.top-up',
      'payout.owed',
      'payout.returned',
    ]),
  );
  for (const [reference, transfers] of again) {
    const stored = (await traceReference(system.db.app, reference)).map(shown);
    const sameIds = reference.startsWith('RED');
    expect(sorted(transfers, sameIds)).toEqual(sorted(stored, sameIds));
  }
  const [row] = await system.db.owner.query<{ stored: number }>(
    'select count(*)::integer as stored from ledger.transfer',
  );
  expect([...again.values()].flat()).toHaveLength(row?.stored ?? -1);
});

interface Shown {
  readonly id: string;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly amount: Money;
  readonly type: string;
  readonly effectiveAt: string;
}

function shown({ id, debitAccount, creditAccount, amount, type, effectiveAt }: Shown): Shown {
  return { id, debitAccount, creditAccount, amount, type, effectiveAt };
}

/** An event that was read back from a transfer does not know the key that its id was made of. */
function sorted(transfers: readonly Shown[], withIds: boolean): readonly string[] {
  return transfers
    .map(({ id, amount, ...rest }) =>
      JSON.stringify({ ...rest, ...toWire(amount), ...(withIds ? { id } : {}) }),
    )
    .toSorted();
}

test('a draft is compared with the live rules over all that was booked', async () => {
  const live = system.program.bookingRules;
  const written = formatBookingRules(live);
  const commission = {
    kind: 'share',
    of: 'drawn',
    rate: '0.1',
    rounding: { mode: 'half-even', scale: 'currency', stage: 'line' },
  };
  const draft = expectAnswer(
    parseBookingRules({
      ...written,
      version: 2,
      subSets: written.subSets.map(({ businessType, rules: [rule] }) => {
        const fee = { debit: 'payable/{seller}', credit: 'income/commission', amount: commission };
        const entries = [...(rule?.entries ?? []), fee];
        const match = { ...rule, when: { source: 'match-fund', seller: '330' }, entries };
        return { businessType, rules: [rule, match] };
      }),
    }),
  );
  const same = await diffBookings(events(), { live, draft: live, examples: 1 });
  expect(same).toMatchObject({ same: same.events, accounts: [] });
  const diff = await diffBookings(events(), { live, draft, examples: 1 });
  // A match of 0.25 for seller 330: of it 0.025, to the even cent.
  expect(diff.accounts).toMatchObject([
    { account: 'income/commission', currency: 'USD', liveMinor: 0n, draftMinor: 2n, events: 1 },
    { account: 'payable/330', events: 1 },
  ]);
  expect(diff.examples).toMatchObject([{ key: 'subsidy:RED-1/3', kind: 'changed' }]);
});
