import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, money } from '@sluice/money';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookEntries } from '../../book-entries.ts';
import type { BookingEvent } from '../../domain/booking/booking-event.ts';
import { findBookingRule } from '../../domain/booking/find-booking-rule.ts';
import { parseBookingRules } from '../../domain/booking/parse-booking-rules.ts';
import { account, at } from '../../testing/samples.ts';
import { openAccounts } from '../accounts.ts';
import { ledgerMigrations } from '../migrations.ts';
import { postTransfers } from '../post-transfers.ts';
import { countTransfersOf, readRecoveredEvents } from './read-recovered-events.ts';

const institution = 'corner';
const rules = [
  {
    institution,
    entries: [{ debit: 'payable/{seller}', credit: 'clearing/{main}', amount: 'owed' }],
  },
];
const set = expectAnswer(
  parseBookingRules({
    ...{ id: 'r', version: 1, effectiveFrom: '2017-01-01' },
    subSets: ['payout.owed', 'payout.other'].map((businessType) => ({ businessType, rules })),
  }),
);
/** More than one page. */
const count = 5_100;

function eventOf(number: number, businessType = 'payout.owed'): BookingEvent {
  return {
    ...{ businessType, institution, at, key: `${businessType}/${number}` },
    reference: `P-${number}`,
    parameters: { seller: String(number % 3), main: 'm' },
    amounts: { owed: money(BigInt(number + 1), 'USD') },
  };
}

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
  const owed = Array.from({ length: count }, (_, number) => eventOf(number));
  const transfers = [...owed, eventOf(1, 'payout.other')].flatMap((event) =>
    expectAnswer(bookEntries(expectAnswer(findBookingRule(set, event)), event)),
  );
  const stray = eventOf(count);
  const rule = expectAnswer(findBookingRule(set, stray));
  const strays = expectAnswer(bookEntries({ ...rule, entries: oddEntries }, stray));
  await withTransaction(db.app, async (tx) => {
    const codes = ['payable/0', 'payable/1', 'payable/2', 'clearing/m', 'odd/one', 'odd/two'];
    await openAccounts(
      tx,
      codes.map((code) => account(code)),
    );
    const results = await postTransfers(tx, [...transfers, ...strays]);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['created']));
  });
});
afterAll(() => db.drop());

const oddEntries = [{ debit: 'odd/one', credit: 'odd/two', amount: 'owed' }];

test('every event of the types comes back once, page by page, and strays are counted', async () => {
  const request = { set, institution, types: ['payout.owed'] };
  const events: BookingEvent[] = [];
  let [pages, lost] = [0, 0];
  for await (const page of readRecoveredEvents(db.app, request)) {
    events.push(...page.events);
    lost += page.lost;
    pages += 1;
  }
  expect({ pages, lost, events: events.length }).toEqual({ pages: 2, lost: 1, events: count });
  const byReference = new Map(events.map((event) => [event.reference, event]));
  for (const number of [0, 1, 4_999, 5_000, count - 1]) {
    const { businessType, parameters, amounts } = eventOf(number);
    const expected = { businessType, institution, at, parameters, amounts };
    expect(byReference.get(`P-${number}`)).toMatchObject(expected);
  }
  expect(await countTransfersOf(db.app, ['payout.owed'])).toBe(count + 1);
  expect(await countTransfersOf(db.app, ['payout.owed', 'payout.other'])).toBe(count + 2);
});

test('of types that nothing was booked for comes nothing', async () => {
  const request = { set, institution, types: ['payout.none'] };
  for await (const page of readRecoveredEvents(db.app, request)) expect(page).toBeUndefined();
  expect(await countTransfersOf(db.app, ['payout.none'])).toBe(0);
});
