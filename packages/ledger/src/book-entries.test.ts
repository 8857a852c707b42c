import { expectAnswer, money } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { bookEntries } from './book-entries.ts';
import type { BookingInfo } from './domain/booking/draft-entries.ts';
import { findBookingRule } from './domain/booking/find-booking-rule.ts';
import { parseBookingRules } from './domain/booking/parse-booking-rules.ts';
import { at } from './testing/samples.ts';
import { exampleRules } from './testing/example-rules.ts';
import { transferId } from './transfer-id.ts';

const rule = expectAnswer(
  findBookingRule(expectAnswer(parseBookingRules(exampleRules)), {
    businessType: 'subsidy.coupon',
    institution: 'completejourney',
  }),
);
const info: BookingInfo = {
  key: 'draw:RED-1/coupon/1',
  reference: 'RED-1',
  at,
  parameters: { source: 'match-fund', pool: 'p1', seller: '330' },
  amounts: { drawn: money(120n, 'USD'), fee: money(8n, 'USD') },
};

test('the rule is filled and gives one chain of transfers', () => {
  const transfers = expectAnswer(bookEntries(rule, info));
  const common = { kind: 'direct', type: 'subsidy.coupon', reference: 'RED-1', effectiveAt: at };
  expect(transfers).toEqual([
    {
      ...common,
      id: transferId('draw:RED-1/coupon/1/1', at),
      debitAccount: 'funding/match-fund',
      creditAccount: 'pool/p1/intermediary',
      amount: money(120n, 'USD'),
      linked: true,
    },
    {
      ...common,
      id: transferId('draw:RED-1/coupon/1/2', at),
      debitAccount: 'pool/p1/intermediary',
      creditAccount: 'payable/330',
      amount: money(120n, 'USD'),
      linked: true,
    },
    {
      ...common,
      id: transferId('draw:RED-1/coupon/1/3', at),
      debitAccount: 'payable/330',
      creditAccount: 'income/fees',
      amount: money(8n, 'USD'),
      linked: false,
    },
  ]);
});

test('an entry of zero is left out, the chain closes, and the ids of the others stay', () => {
  const whole = expectAnswer(bookEntries(rule, info));
  const noFee = { ...info.amounts, fee: money(0n, 'USD') };
  const part = expectAnswer(bookEntries(rule, { ...info, amounts: noFee }));
  expect(part.map(({ id, linked }) => [id, linked])).toEqual([
    [whole[0]!.id, true],
    [whole[1]!.id, false],
  ]);
  const noDraw = { ...info.amounts, drawn: money(0n, 'USD') };
  const fee = expectAnswer(bookEntries(rule, { ...info, amounts: noDraw }));
  expect(fee.map(({ id, linked }) => [id, linked])).toEqual([[whole[2]!.id, false]]);
});

test('nothing but zeros books nothing', () => {
  const amounts = { drawn: money(0n, 'USD'), fee: money(0n, 'USD') };
  expect(bookEntries(rule, { ...info, amounts })).toEqual([]);
});

test('the same information gives the same transfers', () => {
  expect(bookEntries(rule, structuredClone(info))).toEqual(bookEntries(rule, info));
});

describe('information that does not fit the rule is refused', () => {
  const { seller, ...noSeller } = { ...info.parameters };
  const cases: readonly (readonly [string, Partial<BookingInfo>, object])[] = [
    ['BOOKING_PARAMETER_MISSING', { parameters: noSeller }, { parameter: 'seller' }],
    [
      'BOOKING_PARAMETER_MALFORMED',
      { parameters: { ...info.parameters, seller: '330/../fees' } },
      { parameter: 'seller', value: '330/../fees' },
    ],
    [
      'BOOKING_PARAMETER_MALFORMED',
      { parameters: { ...info.parameters, seller: '' } },
      { parameter: 'seller' },
    ],
    ['BOOKING_AMOUNT_MISSING', { amounts: { drawn: money(1n, 'USD') } }, { amount: 'fee' }],
    [
      'BOOKING_AMOUNT_NEGATIVE',
      { amounts: { ...info.amounts, fee: money(-1n, 'USD') } },
      { amount: 'fee', minor: '-1' },
    ],
    ['BOOKING_TIME_MALFORMED', { at: '2017-07-01' }, { at: '2017-07-01' }],
    ['BOOKING_TIME_MALFORMED', { at: '1969-07-20T20:17:00Z' }, {}],
  ];
  test.each(cases)('%s', (code, changes, details) => {
    const refusal = bookEntries(rule, { ...info, ...changes });
    expect(refusal).toMatchObject({ kind: 'refusal', code, details });
    expect(seller).toBe('330');
  });

  test('BOOKING_ACCOUNTS_EQUAL, with the rule that it happened in', () => {
    const twoSellers = {
      ...rule,
      entries: [{ debit: 'payable/{from}', credit: 'payable/{to}', amount: 'drawn' }],
    };
    const parameters = { from: '330', to: '330' };
    expect(bookEntries(twoSellers, { ...info, parameters })).toMatchObject({
      kind: 'refusal',
      code: 'BOOKING_ACCOUNTS_EQUAL',
      details: { account: 'payable/330', ruleSetId: 'retail', ruleSetVersion: 3 },
    });
  });
});
