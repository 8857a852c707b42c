import { expectAnswer, money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bookingEvent, rulesJson } from '../../testing/arbitrary-rules.ts';
import { exampleRules } from '../../testing/example-rules.ts';
import { at } from '../../testing/samples.ts';
import { draftBooking, parseBookingEvent, type BookingEvent } from './booking-event.ts';
import { explainBooking } from './explain-booking.ts';
import { explanationText } from './explanation-text.ts';
import { parseBookingRules } from './parse-booking-rules.ts';

const set = expectAnswer(parseBookingRules(exampleRules));
const event: BookingEvent = {
  businessType: 'subsidy.coupon',
  institution: 'corner',
  key: 'draw:RED-1/1',
  reference: 'RED-1',
  at,
  parameters: { channel: 'app', seller: '330' },
  amounts: { drawn: money(10_020n, 'USD') },
};
const head = [
  'draw:RED-1/1: subsidy.coupon of corner, 2017-07-01T09:30:00.000Z',
  'rule set retail version 3, in force from 2017-01-01',
];

function textFor(changes: Partial<BookingEvent> = {}): readonly string[] {
  return explanationText(explainBooking(set, { ...event, ...changes })).split('\n');
}

describe('an explanation', () => {
  test('says which rule wins over which, and how each amount comes about', () => {
    expect(textFor()).toEqual([
      ...head,
      'sub rule set subsidy.coupon, rules: 3, 2 of corner',
      '  subSets[0].rules[2] wins: it demands the most of those that match: channel=app',
      '  subSets[0].rules[1] is less specific: it matches as well, but demands less: 0 of 1',
      'books',
      '  1. debit funding/corner, credit income/commission: 2.50 USD (2.5 % of drawn)',
      '     drawn = 100.20 USD',
      "     2.5 % of drawn = 2.50 USD, rounded half-even to the currency's places",
      '  2. debit funding/corner, credit payable/330: 97.70 USD (drawn - 2.5 % of drawn)',
      '     drawn = 100.20 USD',
      "     2.5 % of drawn = 2.50 USD, rounded half-even to the currency's places",
      '     drawn - 2.5 % of drawn = 97.70 USD',
    ]);
  });

  test('says what keeps a more specific rule from matching', () => {
    expect(textFor({ parameters: { seller: '330' } }).slice(2)).toEqual([
      'sub rule set subsidy.coupon, rules: 3, 2 of corner',
      '  subSets[0].rules[2] does not match: it demands channel=app, and channel is not given',
      '  subSets[0].rules[1] wins: it is for corner in general, and no other matches',
      'books',
      '  1. debit funding/corner, credit payable/330: 100.20 USD (drawn)',
    ]);
    expect(textFor({ parameters: { channel: 'web', seller: '330' } })[3]).toBe(
      '  subSets[0].rules[2] does not match: it demands channel=app, and channel is web',
    );
  });

  test('names the entries that are left out', () => {
    const amounts = { drawn: money(10n, 'USD') };
    expect(textFor({ amounts }).slice(5)).toEqual([
      'books',
      '  2. debit funding/corner, credit payable/330: 0.10 USD (drawn - 2.5 % of drawn)',
      '     drawn = 0.10 USD',
      "     2.5 % of drawn = 0.00 USD, rounded half-even to the currency's places",
      '     drawn - 2.5 % of drawn = 0.10 USD',
      '  1. is left out: its amount is zero',
    ]);
    expect(textFor({ amounts: { drawn: money(0n, 'USD') } })[5]).toBe(
      'books nothing: every amount is zero',
    );
  });

  test.each<readonly [Partial<BookingEvent>, string]>([
    [{ businessType: 'subsidy.gift' }, 'BUSINESS_TYPE_UNKNOWN'],
    [{ institution: 'nobody' }, 'INSTITUTION_UNKNOWN'],
    [{ parameters: {} }, 'BOOKING_PARAMETER_MISSING'],
    [{ amounts: {} }, 'BOOKING_AMOUNT_MISSING'],
    [{ at: 'today' }, 'BOOKING_TIME_MALFORMED'],
  ])('of %j says why nothing is booked', (changes, code) => {
    const explanation = explainBooking(set, { ...event, ...changes });
    expect(explanation.refusal?.code).toBe(code);
    expect(explanation.entries).toEqual([]);
    expect(explanationText(explanation)).toContain(`\nbooks nothing: ${code}\n`);
  });

  test('is plain JSON', () => {
    const explanation = explainBooking(set, event);
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  });

  test('books what is booked, by the one rule that wins', () => {
    fc.assert(
      fc.property(rulesJson, bookingEvent, (json, one) => {
        const random = parseBookingRules(json);
        fc.pre(!('kind' in random));
        const explanation = explainBooking(random, one);
        const draft = draftBooking(random, one);
        if ('kind' in draft) {
          expect(explanation).toMatchObject({ entries: [], refusal: draft });
          return;
        }
        const winners = explanation.standings.filter(({ verdict }) => verdict === 'wins');
        expect(winners.map(({ path }) => path)).toEqual([draft.rule.path]);
        expect(explanation.entries).toMatchObject(
          draft.entries.map(({ number, debitAccount, creditAccount }) => {
            return { number, debitAccount, creditAccount };
          }),
        );
        for (const { amount, expression, steps } of explanation.entries) {
          expect(steps.at(-1)).toMatchObject({ text: expression, amount });
        }
      }),
    );
  });
});

describe('an event in JSON', () => {
  const json = { ...event, amounts: { drawn: { amount: '100.20', currency: 'USD' } } };

  test('is read exactly', () => {
    expect(parseBookingEvent(json)).toEqual(event);
  });

  test('that is wrong is refused with every fault', () => {
    const wrong = { ...json, key: '', parameters: { seller: 5 }, at: undefined };
    const amounts = {
      drawn: { amount: 1.2, currency: 'USD' },
      fee: { amount: '1.234', currency: 'USD' },
    };
    const refusal = parseBookingEvent({ ...wrong, amounts, more: 1 });
    expect(refusal).toMatchObject({ kind: 'refusal', code: 'BOOKING_EVENT_INVALID' });
    const faults = 'kind' in refusal ? (refusal.details['faults'] as readonly string[]) : [];
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(':'))).toSorted()).toEqual([
      ...['amounts.drawn.amount', 'amounts.fee', 'at', 'key', 'parameters.seller', 'the whole'],
    ]);
  });
});
