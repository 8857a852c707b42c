import { expectAnswer, isRefusal, money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bookEntries } from '../../book-entries.ts';
import { bookingEvent, rulesJson } from '../../testing/arbitrary-rules.ts';
import { at } from '../../testing/samples.ts';
import { readAccountTemplate } from './account-template.ts';
import { draftBooking } from './booking-event.ts';
import { parseBookingRules } from './parse-booking-rules.ts';
import { recoverEvent } from './recover-event.ts';

describe('an account template', () => {
  test.each([
    ['payable/{seller}', 'payable/330', { seller: '330' }],
    ['a/{x}/b/{y}', 'a/1/b/2', { x: '1', y: '2' }],
    ['a/v{x}-old', 'a/v17-old', { x: '17' }],
    ['a/{x}/{x}', 'a/1/1', { x: '1' }],
    ['a/{x}/{x}', 'a/1/2', null],
    ['a/{x}-{y}', 'a/1-2', null],
    ['payable/{seller}', 'payable', null],
    ['payable/{seller}', 'income/330', null],
    ['payable/fees', 'payable/330', null],
    ['payable/fees', 'payable/fees', {}],
    ['a/v{x}-old', 'a/v-old', null],
  ])('%s reads %s as %j', (template, code, parameters) => {
    expect(readAccountTemplate(template, code)).toEqual(parameters);
  });
});

describe('an event', () => {
  const [general, other] = [
    { debit: 'payable/{seller}', credit: 'settlement/{main}/clearing', amount: 'owed' },
    { debit: 'payable/{seller}', credit: 'settlement/{main}/other', amount: 'owed' },
  ];
  const setOf = (...rules: readonly object[]) =>
    expectAnswer(
      parseBookingRules({
        ...{ id: 'r', version: 1, effectiveFrom: '2017-01-01' },
        subSets: [{ businessType: 'payout.owed', rules }],
      }),
    );
  const rule = (entries: readonly object[], when: object = {}): object => {
    return { institution: 'corner', when, entries };
  };
  const transfer = {
    ...{ id: 'T-1', type: 'payout.owed', reference: 'P-1', effectiveAt: at },
    ...{ debitAccount: 'payable/330', creditAccount: 'settlement/main/clearing' },
    amount: money(288n, 'USD'),
  };

  test('is read back from its transfer', () => {
    expect(recoverEvent(setOf(rule([general])), 'corner', transfer)).toEqual({
      ...{ businessType: 'payout.owed', institution: 'corner' },
      ...{ key: 'T-1', reference: 'P-1', at },
      parameters: { seller: '330', main: 'main' },
      amounts: { owed: money(288n, 'USD') },
    });
  });

  test('of a more specific rule gets what that rule demands', () => {
    const set = setOf(rule([other]), rule([general], { channel: 'app' }));
    expect(recoverEvent(set, 'corner', transfer)?.parameters).toEqual({
      ...{ seller: '330', main: 'main', channel: 'app' },
    });
  });

  test.each([
    ['of another business type', setOf(rule([general])), { type: 'payout.back' }],
    ['of other accounts', setOf(rule([general])), { creditAccount: 'settlement/main/x' }],
    ['that two rules may have booked', setOf(rule([general]), rule([general], { a: 'b' })), {}],
    ['of a rule of two entries', setOf(rule([general, other])), {}],
    [
      'of a rule that computes',
      setOf(rule([{ ...general, amount: { kind: 'sum', of: ['a', 'b'] } }])),
      {},
    ],
    [
      'whose accounts disagree',
      setOf(rule([{ ...general, credit: 'settlement/{seller}/clearing' }])),
      {},
    ],
  ])('%s cannot be told', (_, set, changes) => {
    expect(recoverEvent(set, 'corner', { ...transfer, ...changes })).toBeNull();
    expect(recoverEvent(set, 'nobody', transfer)).toBeNull();
  });

  test('that is read back is booked again as the same transfer', () => {
    let recovered = 0;
    fc.assert(
      fc.property(rulesJson, bookingEvent, (json, event) => {
        const set = parseBookingRules(json);
        fc.pre(!isRefusal(set));
        const draft = draftBooking(set, event);
        fc.pre(!isRefusal(draft));
        for (const booked of expectAnswer(bookEntries(draft.rule, event))) {
          const back = recoverEvent(set, event.institution, booked);
          if (back === null) continue;
          const again = expectAnswer(draftBooking(set, back));
          const { debitAccount, creditAccount, amount } = booked;
          expect(again.entries).toEqual([{ number: 1, debitAccount, creditAccount, amount }]);
          recovered += 1;
        }
      }),
      { numRuns: 100 },
    );
    expect(recovered).toBeGreaterThan(10);
  });
});
