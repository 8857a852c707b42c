import { money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { booking } from '../../testing/sample-bookings.ts';
import type { PostedBooking } from './booking-entry.ts';
import { sumBookings } from './sum-bookings.ts';

describe('what is summed', () => {
  test('transfers of one rule between the same accounts on one day are one entry', () => {
    const first = booking('1');
    const second = booking('2', { amount: money(7n, 'USD') });
    expect(sumBookings([first, second])).toEqual([
      {
        key: first.transferId,
        ...{ institution: 'corner', rule: 'subsidy.coupon' },
        ...{ ruleSetId: 'retail', ruleSetVersion: 3, debitAccount: 'a', creditAccount: 'b' },
        amount: money(12n, 'USD'),
        bookedOn: '2017-07-01',
        transferIds: [first.transferId, second.transferId],
      },
    ]);
  });

  test.each<[string, Partial<PostedBooking>]>([
    ['institution', { institution: 'other' }],
    ['rule', { rule: 'subsidy.match' }],
    ['rule set', { ruleSetId: 'other' }],
    ['version of the rules', { ruleSetVersion: 4 }],
    ['debit account', { debitAccount: 'c' }],
    ['credit account', { creditAccount: 'c' }],
    ['direction', { debitAccount: 'b', creditAccount: 'a' }],
    ['currency', { amount: money(5n, 'CNY') }],
    ['day', { effectiveAt: '2017-07-02T00:00:00.000Z' }],
  ])('another %s is another entry', (_, changes) => {
    expect(sumBookings([booking('1'), booking('2', changes), booking('3')])).toHaveLength(2);
  });

  test.each([
    ['2017-07-01T23:59:59.999Z', '2017-07-01'],
    ['2017-07-02T01:30:00+08:00', '2017-07-01'],
    ['2017-07-01T23:30:00-08:00', '2017-07-02'],
  ])('%s counts on the day %s in UTC', (effectiveAt, day) => {
    expect(sumBookings([booking('1', { effectiveAt })])[0]?.bookedOn).toBe(day);
  });

  test('a sum that no column would hold goes on in another entry', () => {
    const large = money(2n ** 63n - 2n, 'USD');
    const entries = sumBookings([
      ...[booking('1', { amount: large }), booking('2', { amount: money(1n, 'USD') })],
      ...[booking('3', { amount: money(1n, 'USD') }), booking('4')],
    ]);
    expect(entries.map(({ amount }) => amount.minor)).toEqual([2n ** 63n - 1n, 6n]);
  });

  test('nothing is nothing', () => {
    expect(sumBookings([])).toEqual([]);
  });
});

const anyBooking = fc.record({
  rule: fc.constantFrom('subsidy.coupon', 'subsidy.match'),
  debitAccount: fc.constantFrom('a', 'b', 'c'),
  creditAccount: fc.constantFrom('d', 'e'),
  amount: fc.bigInt({ min: 1n, max: 1_000n }).map((minor) => money(minor, 'USD')),
  effectiveAt: fc.constantFrom('2017-07-01T10:00:00Z', '2017-07-02T10:00:00Z'),
});

test('each posting is in exactly one entry, and every sum is that of the postings', () => {
  fc.assert(
    fc.property(fc.array(anyBooking, { maxLength: 60 }), (changes) => {
      const bookings = changes.map((change, index) => booking(String(index), change));
      const byId = new Map(bookings.map((one) => [one.transferId, one]));
      const entries = sumBookings(bookings);
      expect(entries.flatMap(({ transferIds }) => transferIds).sort()).toEqual(
        bookings.map(({ transferId }) => transferId).sort(),
      );
      expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
      const groups = new Set(entries.map(groupOf));
      expect(groups.size).toBe(entries.length);
      for (const entry of entries) {
        const own = entry.transferIds.map((id) => byId.get(id)!);
        expect(entry.amount.minor).toBe(own.reduce((sum, { amount }) => sum + amount.minor, 0n));
        for (const one of own) {
          expect(groupOf({ ...one, bookedOn: one.effectiveAt.slice(0, 10) })).toBe(groupOf(entry));
        }
      }
    }),
    { numRuns: 200 },
  );
});

function groupOf(one: {
  readonly rule: string;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly bookedOn: string;
}): string {
  return [one.rule, one.debitAccount, one.creditAccount, one.bookedOn].join(' ');
}
