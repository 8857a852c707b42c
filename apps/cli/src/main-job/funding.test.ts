import { expectAnswer, isRefusal, parseMoney, type WireMoney } from '@sluice/money';
import { planFunding } from '@sluice/pool';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planSources, type Funding } from './funding.ts';
import type { History } from './history.ts';

const minorOf = ({ amount, currency }: WireMoney): bigint =>
  expectAnswer(parseMoney(amount, currency)).minor;

function history(given: {
  readonly brands?: Readonly<Record<string, readonly bigint[]>>;
  readonly kinds?: Readonly<Record<string, readonly bigint[]>>;
  readonly sellers?: Readonly<Record<string, readonly bigint[]>>;
}): History {
  return {
    byBrand: new Map(Object.entries(given.brands ?? {})),
    byKind: new Map(Object.entries(given.kinds ?? {})),
    usage: Object.entries(given.sellers ?? {}).flatMap(([sellerId, weekly]) =>
      weekly.map((subsidyMinor, week) => {
        return { sellerId, weekStart: `2017-05-0${week + 1}`, currency: 'USD', subsidyMinor };
      }),
    ),
  };
}

function ids({ sources }: Funding): readonly string[] {
  return sources.map(({ id }) => id);
}

function capacity(funding: Funding, id: string): bigint {
  const source = funding.sources.find((one) => one.id === id);
  if (source === undefined) throw new Error(`there is no source ${id}`);
  return minorOf(source.capacity);
}

const steady = (minor: bigint): readonly bigint[] => Array.from({ length: 8 }, () => minor);

describe('the funding sources', () => {
  test('of a market without coupons are the shared ones, each with the least mandate', () => {
    const funding = planSources(history({}), 4, 'USD');
    expect(ids(funding)).toEqual(['other-brands', 'match-fund', 'platform-budget', 'bank-line']);
    expect(funding.sources.map(({ capacity }) => capacity.amount)).toEqual([
      '50.00',
      '50.00',
      '50.00',
      '50.00',
    ]);
    expect(funding).toMatchObject({ expectedMinor: 0n, sizeMinor: 0n });
  });

  test('give the largest brands accounts of their own, and the others one together', () => {
    const brands = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`B${index}`, steady(BigInt(10_000 + index))]),
    );
    const funding = planSources(history({ brands }), 4, 'USD');
    const own = ids(funding).filter((id) => id.startsWith('brand-'));
    expect(own).toEqual(Array.from({ length: 15 }, (_, index) => `brand-B${19 - index}`));
    // Steady weeks have no spread: four weeks of the five smallest, and not a cent more.
    expect(capacity(funding, 'other-brands')).toBe(4n * (50_000n + 0n + 1n + 2n + 3n + 4n));
  });

  test('leave out a brand below one per cent of all coupon money', () => {
    const brands = { big: steady(9_901n), small: steady(99n), just: steady(101n) };
    const funding = planSources(history({ brands }), 1, 'USD');
    expect(ids(funding).slice(0, 2)).toEqual(['brand-big', 'other-brands']);
    const more = planSources(history({ brands: { ...brands, just: steady(102n) } }), 1, 'USD');
    expect(ids(more).slice(0, 3)).toEqual(['brand-big', 'brand-just', 'other-brands']);
  });

  test('of two brands that cost the same put the first by name first', () => {
    const brands = { b: steady(10_000n), a: steady(10_000n) };
    expect(ids(planSources(history({ brands }), 1, 'USD')).slice(0, 2)).toEqual([
      'brand-a',
      'brand-b',
    ]);
  });

  test('set budgets to what is expected, and a bank line behind them up to the size', () => {
    const funding = planSources(
      history({
        kinds: { match: steady(10_000n), loyalty: steady(100_000n) },
        sellers: { S1: [...steady(50_000n).slice(1), 200_000n], S2: steady(60_000n) },
      }),
      2,
      'USD',
    );
    expect(capacity(funding, 'match-fund')).toBe(20_000n);
    expect(capacity(funding, 'platform-budget')).toBe(200_000n);
    const shared = 20_000n + 200_000n + 5_000n;
    expect(capacity(funding, 'bank-line')).toBe(funding.sizeMinor - shared);
    expect(funding.sources.at(-1)).toMatchObject({ id: 'bank-line', priority: 9 });
    expect(funding.largestPayoutMinor).toBeGreaterThan(120_000n);
  });
});

const weekly = fc.array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 8, maxLength: 8 });
const byName = (size: number) =>
  fc.dictionary(fc.stringMatching(/^[A-Z0-9]{1,4}$/), weekly, { maxKeys: size });

describe('whatever the weeks before were', () => {
  const anyHistory = fc
    .record({
      brands: byName(30),
      kinds: fc.record({ match: weekly, loyalty: weekly }),
      sellers: byName(6),
    })
    .map(history);
  const anyWeeks = fc.integer({ min: 1, max: 8 });

  test('the sources cover the size: a pool can be opened over them', () => {
    fc.assert(
      fc.property(anyHistory, anyWeeks, (given, weeks) => {
        const { sources, sizeMinor } = planSources(given, weeks, 'USD');
        const plan = planFunding({
          sizeMinor,
          sources: sources.map(({ id, capacity, priority, expiresOn, serves }) => {
            const capacityMinor = minorOf(capacity);
            return { id, account: `funding/${id}`, capacityMinor, priority, expiresOn, serves };
          }),
        });
        expect(isRefusal(plan)).toBe(false);
      }),
    );
  });

  test('each brand has one source for its coupons and fees, and each shared kind has some', () => {
    fc.assert(
      fc.property(anyHistory, anyWeeks, (given, weeks) => {
        const { sources } = planSources(given, weeks, 'USD');
        const serving = (kind: string, brand?: string): readonly string[] =>
          sources
            .filter(({ serves }) => serves.some((one) => one.kind === kind && one.brand === brand))
            .map(({ id }) => id);
        for (const kind of ['coupon', 'handling-fee']) {
          expect(serving(kind)).toEqual(['other-brands']);
          for (const brand of given.byBrand.keys()) {
            const named = serving(kind, brand);
            expect(named.length).toBeLessThanOrEqual(1);
            if (named.length === 1) expect(named).toEqual([`brand-${brand}`]);
          }
        }
        expect(serving('match')).toEqual(['match-fund', 'bank-line']);
        expect(serving('loyalty')).toEqual(['platform-budget', 'bank-line']);
      }),
    );
  });

  test('at most fifteen brands have an account, and every mandate is worth signing', () => {
    fc.assert(
      fc.property(anyHistory, anyWeeks, (given, weeks) => {
        const { sources } = planSources(given, weeks, 'USD');
        expect(sources.length).toBeLessThanOrEqual(19);
        expect(sources.every(({ capacity }) => minorOf(capacity) >= 5_000n)).toBe(true);
        expect(new Set(sources.map(({ id }) => id)).size).toBe(sources.length);
      }),
    );
  });
});
