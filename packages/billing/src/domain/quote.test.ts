import { expectAnswer, isRefusal, money, sum, type Refusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileTariff,
  lookUpCell,
  parseTariff,
  quote,
  type BillingElements,
  type CompiledTariff,
  type Quote,
} from '../index.ts';
import {
  elementsOf,
  elementTexts,
  messageOf,
  rightMessage,
  scanIntervals,
  scanRates,
} from '../testing/random-tariffs.ts';
import { handlingFee, subsidyShare, transferFee } from '../testing/tariffs.ts';

function compiled(message: object): CompiledTariff {
  return compileTariff(expectAnswer(parseTariff(message)));
}

const usd = (minor: bigint): ReturnType<typeof money> => money(minor, 'USD');
const cny = (minor: bigint): ReturnType<typeof money> => money(minor, 'CNY');
const share = compiled(subsidyShare);
const fee = compiled(handlingFee);
const transfer = compiled(transferFee);

function shareOf(kind: string, discount: bigint): Quote {
  return expectAnswer(
    quote(share, { basis: usd(discount), elements: { kind, discount: usd(discount) } }),
  );
}

describe('the subsidy share', () => {
  test.each([
    ['coupon', 0n, 0n, '1-1'],
    ['coupon', 55n, 55n, '1-1'],
    ['coupon', 500n, 500n, '1-3'],
    ['match', 99n, 99n, '2-1'],
    ['match', 100n, 100n, '2-2'],
    ['loyalty', 0n, 0n, '3-1'],
    ['loyalty', 1n, 1n, '3-1'],
    ['loyalty', 99n, 59n, '3-1'],
    ['loyalty', 100n, 50n, '3-2'],
    ['loyalty', 101n, 50n, '3-2'],
    ['loyalty', 499n, 250n, '3-2'],
    ['loyalty', 500n, 200n, '3-3'],
    ['loyalty', 501n, 200n, '3-3'],
    ['loyalty', 10n ** 20n, 4n * 10n ** 19n, '3-3'],
  ])('of a %s discount of %s cents is %s cents, from cell %s', (kind, discount, amount, cell) => {
    const answer = shareOf(kind, discount);
    expect(answer.amount).toEqual(usd(amount));
    expect(answer.cell).toBe(cell);
  });

  test('comes with its whole explanation', () => {
    expect(shareOf('loyalty', 123n)).toEqual({
      amount: usd(62n),
      tariffId: 'subsidy-share-2017',
      tariffVersion: 1,
      cell: '3-2',
      cellId: '3-2',
      intervals: [
        { dimension: 'kind', number: 3, label: 'loyalty' },
        { dimension: 'discount', number: 2, label: 'from 1.00 to below 5.00 USD' },
      ],
      rate: { kind: 'proportion', proportion: '0.5' },
      rounding: { mode: 'half-even', scale: 'currency', stage: 'line' },
      tax: null,
      lines: [{ text: '50 % of 1.23 USD', amount: usd(62n) }],
    });
  });
});

test.each([
  [0n, 8n],
  [499n, 8n],
  [500n, 12n],
  [501n, 12n],
])('the handling fee of a coupon of %s cents is %s cents', (face, amount) => {
  const request = { basis: usd(face), elements: { faceValue: usd(face) } };
  const answer = expectAnswer(quote(fee, request));
  expect(answer.amount).toEqual(usd(amount));
  expect(answer.lines[0]?.text).toBe(`flat 0.${amount === 8n ? '08' : '12'} USD`);
});

describe('three dimensions combined in an order of their own', () => {
  const ask = (channel: string, amount: bigint, count: string): Quote | Refusal =>
    quote(transfer, {
      basis: cny(amount),
      elements: { channel, amount: cny(amount), count: { value: count, unit: 'transfer' } },
    });

  test.each([
    ['app', 1n, '1', '1-1-1', 0n],
    ['counter', 1n, '1', '2-1-1', 550n],
    ['other', 1_000_000n, '5', '2-1-1', 550n],
    ['other', 1_000_000n, '6', '2-1-2', 500n],
    ['other', 1_000_001n, '5', '2-2-1', 1050n],
    ['other', 10_000_000n, '6', '2-2-2', 1000n],
    ['other', 10_000_001n, '6', '2-3-2', 300n],
  ])('%s, %s fen, %s transfers: cell %s costs %s fen', (channel, amount, count, cell, fen) => {
    expect(ask(channel, amount, count)).toMatchObject({ cell, amount: cny(fen) });
  });

  test.each([
    ['at the open lower end', 0n, '1', 'amount'],
    ['below the first count', 1n, '0', 'count'],
  ])('%s the request is out of range', (_, amount, count, element) => {
    expect(ask('app', amount, count)).toMatchObject({ code: 'OUT_OF_RANGE', details: { element } });
  });
});

test('elements are found in any order, among others, and a class may carry them', () => {
  const [channel, amount, count] = ['app', cny(1n), { value: '6', unit: 'transfer' }] as const;
  class Inherited {
    readonly channel = channel;
    get amount(): ReturnType<typeof money> {
      return amount;
    }
  }
  const all: readonly BillingElements[] = [
    { channel, amount, count },
    { count, amount, channel },
    { more: 'x', channel, other: 'y', amount, count, last: 'z' },
    Object.assign(new Inherited(), { count }) as unknown as BillingElements,
    Object.assign(Object.create({ amount }) as object, { channel, count }),
  ];
  for (const elements of all)
    expect(lookUpCell(transfer, elements)).toMatchObject({ cell: '1-1-2' });
  expect(lookUpCell(transfer, { more: 'x', channel, other: 'y', amount })).toMatchObject({
    code: 'ELEMENT_MISSING',
  });
  const wrong = { channel, amount, count: { value: '6', unit: 'kg' } };
  expect(lookUpCell(transfer, wrong)).toMatchObject({ code: 'ELEMENT_WRONG_UNIT' });
});

describe('bounds belong to the side that the tariff says', () => {
  const sides = [true, false].flatMap((low) =>
    [true, false].flatMap((middle) => [true, false].map((high) => [low, middle, high] as const)),
  );
  test.each(sides)('lower end in %s, middle in the upper %s, upper end in %s', (low, mid, high) => {
    const tariff = compiled({
      ...transferFee,
      dimensions: [
        {
          name: 'weight',
          type: 'number',
          unit: 'kg',
          decimals: 1,
          intervals: [
            { from: '-1.0', fromIncluded: low, to: '0.0', toIncluded: !mid },
            { from: '0.0', fromIncluded: mid, to: '1.0', toIncluded: high },
          ],
        },
      ],
      order: ['weight'],
      rates: [{ cell: { weight: '*' }, flat: '1.00' }],
    });
    const cellOf = (value: string): string => {
      const found = lookUpCell(tariff, { weight: { value, unit: 'kg' } });
      return isRefusal(found) ? found.code : found.cell;
    };
    const out = 'OUT_OF_RANGE';
    expect(['-1.1', '-1.0', '-0.9'].map(cellOf)).toEqual([out, low ? '1' : out, '1']);
    expect(['-0.1', '0', '0.1'].map(cellOf)).toEqual(['1', mid ? '2' : '1', '2']);
    expect(['0.9', '1.0', '1.1'].map(cellOf)).toEqual(['2', high ? '2' : out, out]);
  });
});

describe('a request that cannot be priced names the element', () => {
  const good = {
    channel: 'app',
    amount: cny(1n),
    count: { value: '1', unit: 'transfer' },
  } satisfies BillingElements;
  const cases: readonly (readonly [string, object, string, string])[] = [
    ['money that is not given', { amount: undefined }, 'amount', 'ELEMENT_MISSING'],
    ['money that is null', { amount: null }, 'amount', 'ELEMENT_WRONG_TYPE'],
    ['money as text', { amount: '1.00' }, 'amount', 'ELEMENT_WRONG_TYPE'],
    ['money as a float', { amount: { minor: 1, currency: 'CNY' } }, 'amount', 'ELEMENT_WRONG_TYPE'],
    ['money of another currency', { amount: usd(1n) }, 'amount', 'CURRENCY_MISMATCH'],
    ['money below the tariff', { amount: cny(-1n) }, 'amount', 'OUT_OF_RANGE'],
    ['a quantity without unit', { count: '1' }, 'count', 'ELEMENT_WRONG_TYPE'],
    ['a float', { count: { value: 1, unit: 'transfer' } }, 'count', 'ELEMENT_WRONG_TYPE'],
    ['an exponent', { count: { value: '1e3', unit: 'transfer' } }, 'count', 'ELEMENT_WRONG_TYPE'],
    ['another unit', { count: { value: '1', unit: 'kg' } }, 'count', 'ELEMENT_WRONG_UNIT'],
    ['half a step', { count: { value: '1.5', unit: 'transfer' } }, 'count', 'ELEMENT_WRONG_UNIT'],
    ['money for a name', { channel: cny(1n) }, 'channel', 'ELEMENT_WRONG_TYPE'],
  ];
  test.each(cases)('%s', (_, change, element, code) => {
    const elements = { ...good, ...change } as BillingElements;
    const answer = quote(transfer, { basis: cny(1n), elements });
    expect(answer).toMatchObject({ kind: 'refusal', code, details: { element } });
    expect(lookUpCell(transfer, elements)).toEqual(answer);
  });

  test('a value that is not enumerated is out of range, inherited names are missing', () => {
    const elements = { kind: 'gift', discount: usd(1n) };
    expect(quote(share, { basis: usd(1n), elements })).toMatchObject({
      code: 'OUT_OF_RANGE',
      message: 'kind "gift" is none of coupon, match, loyalty: the tariff has no price for it',
    });
    const named = compiled({
      ...handlingFee,
      dimensions: [{ ...handlingFee.dimensions[0], name: 'constructor' }],
      order: ['constructor'],
      rates: [{ cell: { constructor: '*' }, flat: '1.00' }],
    });
    const answer = quote(named, { basis: usd(1n), elements: {} });
    expect(answer).toMatchObject({ code: 'ELEMENT_MISSING', details: { element: 'constructor' } });
  });

  test('a basis in another currency', () => {
    const answer = quote(transfer, { basis: usd(1n), elements: good });
    expect(answer).toMatchObject({ code: 'CURRENCY_MISMATCH', details: { element: 'basis' } });
  });

  test('elements that no dimension asks for are ignored', () => {
    const elements = { ...good, weather: 'rain' };
    expect(quote(transfer, { basis: cny(1n), elements })).toMatchObject({ cell: '1-1-1' });
  });
});

test('the look-up equals a scan over all lines, for any tariff and any request', () => {
  const cases = rightMessage.chain((message) =>
    fc.tuple(fc.constant(message), fc.array(elementTexts(message), { minLength: 1 })),
  );
  fc.assert(
    fc.property(cases, ([message, requests]) => {
      const tariff = compiled(messageOf(message));
      for (const texts of requests) {
        const elements = elementsOf(message, texts);
        const answer = quote(tariff, { basis: cny(100n), elements });
        const [line] = scanRates(message, texts);
        if (isRefusal(answer)) {
          expect(answer.code).toBe('OUT_OF_RANGE');
          expect(line).toBeUndefined();
          continue;
        }
        expect(answer.rate).toEqual({ kind: 'flat', amount: line?.flat });
        expect(lookUpCell(tariff, elements)).toMatchObject({ cell: answer.cell });
        const places = message.order.map((name) => {
          const dimension = message.dimensions.find((found) => found.name === name)!;
          return scanIntervals(dimension, texts[name]!)[0];
        });
        expect(answer.cell).toBe(places.join('-'));
      }
    }),
  );
});

test('lines add up to the amount, and a proportion is within a unit of its exact product', () => {
  const basis = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
  const rate = fc.integer({ min: 0, max: 20_000 });
  fc.assert(
    fc.property(basis, rate, fc.constantFrom('half-even', 'floor', 'up'), (minor, bps, mode) => {
      const proportion = `${Math.floor(bps / 10_000)}.${String(bps % 10_000).padStart(4, '0')}`;
      const rounding = { mode, scale: 'currency', stage: 'total' };
      const tariff = compiled({
        ...handlingFee,
        rounding,
        rates: [{ cell: { faceValue: '*' }, proportion }],
      });
      const request = { basis: usd(minor), elements: { faceValue: usd(0n) } };
      const answer = expectAnswer(quote(tariff, request));
      const parts = answer.lines.map(({ amount }) => amount);
      expect(sum(parts, tariff.currency)).toEqual(answer.amount);
      expect(answer.rounding).toEqual(rounding);
      const error = answer.amount.minor * 10_000n - minor * BigInt(bps);
      expect(error < 10_000n && error > -10_000n).toBe(true);
    }),
  );
});
