import { expectAnswer, isRefusal, money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileTariff,
  lookUpCell,
  lookUpKeyValue,
  parseTariff,
  splitTariff,
  toKeyValue,
} from '../index.ts';
import { elementsOf, elementTexts, messageOf, rightMessage } from '../testing/random-tariffs.ts';
import { handlingFee, transferFee } from '../testing/tariffs.ts';

/**
 * The patent's own kind of rule: a transfer priced by amount, number of transfers and channel,
 * written in one sequence and combined in another.
 */
describe("the patent's example, a transfer fee", () => {
  const form = toKeyValue(
    [transferFee, handlingFee].map((one) => splitTariff(expectAnswer(parseTariff(one)))),
  );

  test('lies under the keys of the patent', () => {
    expect([...form.mains.keys()]).toEqual(['transfer-fee', 'handling-fee']);
    expect([...form.definitions.keys()].slice(0, 3)).toEqual([
      'transfer-fee-1:channel',
      'transfer-fee-1:amount',
      'transfer-fee-1:count',
    ]);
    expect(form.orders.get('transfer-fee-1')?.dimensions).toEqual(['channel', 'amount', 'count']);
    expect(form.rates.size).toBe(12 + 2);
  });

  test('is reduced dimension by dimension and found under one key', () => {
    const amount = money(1_000_001n, 'CNY');
    const elements = { amount, channel: 'counter', count: { value: '6', unit: 'transfer' } };
    expect(lookUpKeyValue(form, 'transfer-fee', elements)).toMatchObject({
      key: 'transfer-fee-1:2-2-2',
      rate: { kind: 'flat', amount: '10.00' },
    });
  });

  test.each([
    ['other-fee', 'TARIFF_NOT_FOUND', {}],
    ['transfer-fee', 'ELEMENT_MISSING', { channel: 'app' }],
    ['handling-fee', 'OUT_OF_RANGE', { faceValue: money(-1n, 'USD') }],
  ])('a request to %s is refused with %s', (business, code, elements) => {
    expect(lookUpKeyValue(form, business, elements)).toMatchObject({ kind: 'refusal', code });
  });
});

test('the compiled look-up answers as the key-value form does, refusals included', () => {
  const cases = rightMessage.chain((message) =>
    fc.tuple(fc.constant(message), fc.array(elementTexts(message), { minLength: 1 })),
  );
  fc.assert(
    fc.property(cases, ([message, requests]) => {
      const tariff = expectAnswer(parseTariff(messageOf(message)));
      const [form, compiled] = [toKeyValue([splitTariff(tariff)]), compileTariff(tariff)];
      for (const texts of requests) {
        const elements = elementsOf(message, texts);
        const slow = lookUpKeyValue(form, 'random', elements);
        const fast = lookUpCell(compiled, elements);
        if (isRefusal(fast)) expect(slow).toEqual(fast);
        else expect(slow).toMatchObject({ combinedInterval: fast.cell, rate: fast.rate });
      }
    }),
  );
});
