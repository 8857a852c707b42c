import { expectAnswer, isRefusal, money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bookingEvent, rulesJson } from '../../testing/arbitrary-rules.ts';
import { exampleRules } from '../../testing/example-rules.ts';
import { at } from '../../testing/samples.ts';
import { draftBooking, type BookingEvent } from './booking-event.ts';
import type { BookingRuleSet } from './booking-rule.ts';
import { diffBookings, type BookingDiff } from './diff-bookings.ts';
import { bookedBy, entriesOf, legsOf } from './event-difference.ts';
import { parseBookingRules } from './parse-booking-rules.ts';

const live = expectAnswer(parseBookingRules(exampleRules));

function draftOf(rules: readonly object[], version = 4): BookingRuleSet {
  const subSets = [{ businessType: 'subsidy.coupon', rules }];
  return expectAnswer(parseBookingRules({ ...exampleRules, version, subSets }));
}

const [journey, corner, app] = exampleRules.subSets[0].rules;

function eventOf(number: number, changes: Partial<BookingEvent> = {}): BookingEvent {
  return {
    businessType: 'subsidy.coupon',
    institution: 'corner',
    key: `draw:RED-${number}/1`,
    reference: `RED-${number}`,
    at,
    parameters: { seller: '330' },
    amounts: { drawn: money(BigInt(number), 'USD') },
    ...changes,
  };
}

function diff(events: readonly BookingEvent[], draft: BookingRuleSet): Promise<BookingDiff> {
  return diffBookings(events, { live, draft, examples: 2 });
}

describe('a diff', () => {
  test('tells what is booked otherwise by account, and the events that differ most', async () => {
    const entries = [
      { debit: 'funding/corner', credit: 'payable/{seller}', amount: 'drawn' },
      { debit: 'payable/{seller}', credit: 'income/fees', amount: 'drawn' },
    ];
    const draft = draftOf([journey, { ...corner, entries }, app]);
    const byApp = { parameters: { seller: '330', channel: 'app' } };
    const events = [eventOf(100), eventOf(300), eventOf(200), eventOf(400, byApp)];
    const result = await diff(events, draft);
    expect(result).toMatchObject({
      live: { id: 'retail', version: 3 },
      draft: { id: 'retail', version: 4 },
      events: 4,
      same: 1,
      kinds: { changed: 3, 'newly-refused': 0, 'no-longer-refused': 0, 'refused-otherwise': 0 },
      refusals: [],
      unseenTypes: ['fee.handling'],
    });
    // The 390 of the app are in both sums; the funding account is booked the same.
    expect(result.accounts).toEqual([
      { account: 'income/fees', currency: 'USD', liveMinor: 0n, draftMinor: 600n, events: 3 },
      { account: 'payable/330', currency: 'USD', liveMinor: 990n, draftMinor: 390n, events: 3 },
    ]);
    expect(result.examples.map(({ key }) => key)).toEqual(['draw:RED-300/1', 'draw:RED-200/1']);
    expect(result.examples[0]).toMatchObject({
      kind: 'changed',
      live: { rule: 'subSets[0].rules[1]', entries: [{ creditAccount: 'payable/330' }] },
      draft: { rule: 'subSets[0].rules[1]', entries: [{}, { creditAccount: 'income/fees' }] },
      effect: [
        { account: 'payable/330', currency: 'USD', minor: -300n },
        { account: 'income/fees', currency: 'USD', minor: 300n },
      ],
    });
  });

  test('tells another way to the same balances, by the accounts on the way', async () => {
    const entries = [
      { debit: 'funding/corner', credit: 'pool/way', amount: 'drawn' },
      { debit: 'pool/way', credit: 'payable/{seller}', amount: 'drawn' },
    ];
    const result = await diff([eventOf(100)], draftOf([{ ...corner, entries }]));
    expect(result.kinds.changed).toBe(1);
    expect(result.examples[0]?.effect).toEqual([]);
    expect(result.accounts).toEqual([
      { account: 'pool/way', currency: 'USD', liveMinor: 0n, draftMinor: 0n, events: 1 },
    ]);
  });

  test('tells refusals that come, go and change', async () => {
    const draft = draftOf([
      { ...app, when: { channel: 'web' } },
      { ...corner, institution: 'market' },
    ]);
    const web = { seller: '330', channel: 'web' };
    const result = await diff(
      [
        eventOf(100),
        eventOf(200, { institution: 'market' }),
        eventOf(300, { parameters: web }),
        eventOf(400, { institution: 'nobody' }),
        eventOf(500, { businessType: 'fee.handling' }),
      ],
      draft,
    );
    expect(result).toMatchObject({
      events: 5,
      same: 1,
      kinds: { changed: 1, 'newly-refused': 1, 'no-longer-refused': 1, 'refused-otherwise': 1 },
      refusals: [
        { code: 'BUSINESS_TYPE_UNKNOWN', live: 0, draft: 1 },
        { code: 'CONFIGURATION_UNKNOWN', live: 0, draft: 1 },
        { code: 'INSTITUTION_UNKNOWN', live: 3, draft: 1 },
      ],
    });
    const refused = result.examples.find(({ kind }) => kind === 'newly-refused');
    expect(refused).toMatchObject({ key: 'draw:RED-100/1', draft: { kind: 'refusal' } });
    expect(refused?.effect).toEqual([
      { account: 'funding/corner', currency: 'USD', minor: 100n },
      { account: 'payable/330', currency: 'USD', minor: -100n },
    ]);
  });

  test('keeps currencies apart', async () => {
    const entries = [{ debit: 'funding/corner', credit: 'payable/other', amount: 'drawn' }];
    const yuan = { amounts: { drawn: money(7n, 'CNY') } };
    const result = await diff([eventOf(5), eventOf(7, yuan)], draftOf([{ ...corner, entries }]));
    expect(
      result.accounts.map(({ account, currency, draftMinor }) => [account, currency, draftMinor]),
    ).toEqual([
      ['payable/330', 'CNY', 0n],
      ['payable/other', 'CNY', 7n],
      ['payable/330', 'USD', 0n],
      ['payable/other', 'USD', 5n],
    ]);
  });
});

const aSet = rulesJson
  .map((json) => parseBookingRules(json))
  .filter((set): set is BookingRuleSet => !isRefusal(set));
const events = fc.array(bookingEvent, { maxLength: 30 });

test('of a set against itself is empty, whatever came in', async () => {
  await fc.assert(
    fc.asyncProperty(aSet, events, async (set, all) => {
      const result = await diffBookings(all, { live: set, draft: set, examples: 3 });
      expect(result).toMatchObject({ events: all.length, same: all.length, accounts: [] });
      expect(result.examples).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('is what booking every event twice and comparing the balances gives', async () => {
  await fc.assert(
    fc.asyncProperty(aSet, aSet, events, async (before, after, all) => {
      const result = await diffBookings(streamed(all), {
        live: before,
        draft: after,
        examples: 99,
      });
      const [left, right] = [balances(before, all), balances(after, all)];
      for (const account of new Set([...left.keys(), ...right.keys()])) {
        const [liveMinor, draftMinor] = [left.get(account) ?? 0n, right.get(account) ?? 0n];
        const found = result.accounts.find((one) => one.account === account);
        if (found === undefined) expect(liveMinor).toBe(draftMinor);
        else expect(found).toMatchObject({ liveMinor, draftMinor });
        const effects = result.examples
          .flatMap(({ effect }) => effect)
          .filter((effect) => effect.account === account);
        const effect = effects.reduce((total, { minor }) => total + minor, 0n);
        expect(effect).toBe(draftMinor - liveMinor);
      }
      const kinds = Object.values(result.kinds).reduce((total, count) => total + count, 0);
      expect(result.same + kinds).toBe(all.length);
      expect(result.examples).toHaveLength(kinds);
    }),
    { numRuns: 60 },
  );
});

async function* streamed(all: readonly BookingEvent[]): AsyncGenerator<BookingEvent> {
  for (const event of all) yield await Promise.resolve(event);
}

function balances(set: BookingRuleSet, all: readonly BookingEvent[]): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  for (const event of all) {
    const draft = draftBooking(set, event);
    for (const { debitAccount, creditAccount, amount } of isRefusal(draft) ? [] : draft.entries) {
      found.set(debitAccount, (found.get(debitAccount) ?? 0n) - amount.minor);
      found.set(creditAccount, (found.get(creditAccount) ?? 0n) + amount.minor);
    }
  }
  return found;
}

test('the entries of any event are above zero and sum to zero per currency', () => {
  fc.assert(
    fc.property(aSet, bookingEvent, fc.boolean(), (set, event, isMixed) => {
      const fee = money(event.amounts['fee']?.minor ?? 0n, isMixed ? 'JPY' : 'USD');
      const booked = bookedBy(draftBooking(set, { ...event, amounts: { ...event.amounts, fee } }));
      for (const { amount, debitAccount, creditAccount } of entriesOf(booked)) {
        expect(amount.minor).toBeGreaterThan(0n);
        expect(debitAccount).not.toBe(creditAccount);
      }
      for (const legs of Map.groupBy(legsOf(booked), ({ currency }) => currency).values()) {
        expect(legs.reduce((total, { minor }) => total + minor, 0n)).toBe(0n);
      }
    }),
  );
});
