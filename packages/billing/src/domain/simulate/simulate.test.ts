import { expectAnswer, money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTariff, parseTariff, quote, simulate, type RecordedRequest } from '../../index.ts';
import { handlingFee, subsidyShare } from '../../testing/tariffs.ts';

const compiled = (message: object): ReturnType<typeof compileTariff> =>
  compileTariff(expectAnswer(parseTariff(message)));
const share = compiled(subsidyShare);
const [coupon, match, small, middle, large] = subsidyShare.rates;
const draft = compiled({
  ...subsidyShare,
  id: 'draft',
  version: 2,
  rates: [coupon, match, small, { ...middle, proportion: '0.45' }, large],
});

const recorded = (id: string, kind: string, minor: bigint, payee = 's1'): RecordedRequest => {
  const discount = money(minor, 'USD');
  return {
    id,
    on: '2017-07-01',
    payee,
    request: { basis: discount, elements: { kind, discount } },
  };
};

test('a draft is seen against the tariff in force: in total, by cell and payee, movers', () => {
  const requests = [
    recorded('r1', 'loyalty', 100n),
    recorded('r2', 'loyalty', 400n, 's2'),
    recorded('r3', 'loyalty', 500n),
    recorded('r4', 'coupon', 300n),
    recorded('r5', 'gift', 300n),
    recorded('r6', 'loyalty', 300n),
  ];
  const report = expectAnswer(simulate(share, draft, requests, { movers: 2 }));
  const minor = (one: { difference: { minor: bigint } }): bigint => one.difference.minor;
  expect(report.total).toMatchObject({
    requests: 5,
    before: { minor: 900n },
    after: { minor: 860n },
  });
  expect(report.changed).toBe(3);
  expect(report.byCell.map((one) => [one.cell, one.requests, minor(one)])).toEqual([
    ['3-2', 3, -40n],
    ['3-3', 1, 0n],
    ['1-2', 1, 0n],
  ]);
  expect(report.byPayee.map((one) => [one.payee, one.requests, minor(one)])).toEqual([
    ['s1', 4, -20n],
    ['s2', 1, -20n],
  ]);
  expect(report.movers.map((one) => [one.id, minor(one)])).toEqual([
    ['r2', -20n],
    ['r6', -15n],
  ]);
  expect(report.unpriced).toEqual([
    { code: 'OUT_OF_RANGE', by: 'both', requests: 1, example: 'r5' },
  ]);
});

test('tariffs of two currencies are not compared', () => {
  const yen = compiled({
    ...handlingFee,
    currency: 'JPY',
    dimensions: [{ name: 'faceValue', type: 'money', intervals: [{ from: '0', to: null }] }],
    rates: [{ cell: { faceValue: '*' }, flat: '1' }],
  });
  expect(simulate(share, yen, [], { movers: 1 })).toMatchObject({ code: 'CURRENCY_MISMATCH' });
});

describe('over any requests', () => {
  const any = fc.record({
    kind: fc.constantFrom('coupon', 'match', 'loyalty', 'gift'),
    minor: fc.bigInt({ min: 0n, max: 900n }),
    payee: fc.constantFrom('a', 'b', 'c'),
  });
  test('the parts add up to the total, and the movers are those that sorting gives', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), fc.nat(8), (all, most) => {
        const requests = all.map(({ kind, minor, payee }, n) =>
          recorded(`r${n}`, kind, minor, payee),
        );
        const report = expectAnswer(simulate(share, draft, requests, { movers: most }));
        const add = (parts: readonly { difference: { minor: bigint } }[]): bigint =>
          parts.reduce((total, { difference }) => total + difference.minor, 0n);
        expect(add(report.byCell)).toBe(report.total.difference.minor);
        expect(add(report.byPayee)).toBe(report.total.difference.minor);
        const price = (tariff: typeof share, { request }: RecordedRequest): bigint | null => {
          const answer = quote(tariff, request);
          return 'amount' in answer ? answer.amount.minor : null;
        };
        const moved = requests
          .map((one) => ({ id: one.id, from: price(share, one), to: price(draft, one) }))
          .flatMap(({ id, from, to }) =>
            from === null || to === null || from === to ? [] : [{ id, by: from - to }],
          )
          .sort((left, right) => Number(right.by - left.by));
        expect(report.changed).toBe(moved.length);
        expect(report.movers.map(({ id }) => id)).toEqual(moved.slice(0, most).map(({ id }) => id));
      }),
    );
  });
});
