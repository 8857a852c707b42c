import { expectAnswer, sum } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompiledTariff } from '../../index.ts';
import { ask, oneRate } from '../../testing/one-cell.ts';

const calls = { of: 'calls', unit: 'call', parts: 'exact' };

describe('tiers of any number, width, price and bound', () => {
  const step = fc.integer({ min: 1, max: 40 });
  const tiering = fc
    .record({
      widths: fc.array(step, { minLength: 1, maxLength: 5 }),
      prices: fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 6, maxLength: 6 }),
      flats: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 6, maxLength: 6 }),
      included: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      flatDue: fc.constantFrom('entered', 'reached'),
      mode: fc.constantFrom('half-even', 'half-up', 'up', 'floor'),
      stage: fc.constantFrom('line', 'total'),
      scale: fc.constantFrom('currency', 0, 1, 2),
    })
    .map(({ widths, prices, flats, included, flatDue, ...rounding }) => {
      const ends = widths.map((_, place) =>
        widths.slice(0, place + 1).reduce((total, width) => total + width, 0),
      );
      const priced = (place: number): object => ({
        flat: `${Math.floor(flats[place]! / 100)}.${String(flats[place]! % 100).padStart(2, '0')}`,
        perUnit: `0.${String(prices[place]).padStart(4, '0')}`,
      });
      const list = [
        ...ends.map((to, place) => ({
          to: String(to),
          toIncluded: included[place],
          ...priced(place),
        })),
        { to: null, ...priced(ends.length) },
      ];
      return { list, flatDue, rounding };
    });
  const build = (
    { list, flatDue, rounding }: { list: object[]; flatDue: string; rounding: object },
    model: string,
    earlier = 'ignored',
  ): CompiledTariff => {
    const common = { units: calls, tiers: list, zero: 'nothing', earlier };
    const line = model === 'volume' ? common : { ...common, flatDue };
    return oneRate({ [model]: line }, { rounding });
  };

  test('lines add up to the amount, for each model and stage', () => {
    fc.assert(
      fc.property(tiering, fc.nat(300), fc.boolean(), (one, count, volume) => {
        const tariff = build(one, volume ? 'volume' : 'graduated');
        const { amount, lines } = expectAnswer(ask(tariff, { calls: String(count) }));
        expect(
          sum(
            lines.map((line) => line.amount),
            amount.currency,
          ),
        ).toEqual(amount);
      }),
    );
  });

  test('a graduated price never falls as units are added', () => {
    fc.assert(
      fc.property(tiering, fc.nat(300), fc.nat(50), (one, count, more) => {
        const tariff = build(one, 'graduated');
        const [low, high] = [count, count + more].map((n) =>
          expectAnswer(ask(tariff, { calls: String(n) })),
        );
        expect(high!.amount.minor >= low!.amount.minor).toBe(true);
      }),
    );
  });

  test('the pieces of a period add up to the price of the whole, to the cent', () => {
    const pieces = fc.array(fc.nat(60), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(tiering, pieces, fc.boolean(), (one, counts, volume) => {
        const tariff = build(one, volume ? 'volume' : 'graduated', 'counted');
        let before = 0;
        let paid = 0n;
        for (const count of counts) {
          const answer = ask(tariff, { calls: String(count), before: String(before) });
          paid += expectAnswer(answer).amount.minor;
          before += count;
        }
        const whole = ask(tariff, { calls: String(before), before: '0' });
        expect(paid).toBe(expectAnswer(whole).amount.minor);
      }),
    );
  });

  test('a graduated price is the sum over single units, at the line stage to a cent a tier', () => {
    fc.assert(
      fc.property(tiering, fc.nat(150), (one, count) => {
        const list = one.list as unknown as readonly {
          to: string | null;
          toIncluded?: boolean;
          flat: string;
          perUnit: string;
        }[];
        let tenThousandths = 0;
        for (let unit = 1; unit <= count; unit += 1) {
          const tier = list.find(({ to }) => to === null || unit <= Number(to))!;
          tenThousandths += Math.round(Number(tier.perUnit) * 10_000);
        }
        list.forEach(({ flat }, place) => {
          const { to = '0', toIncluded = false } = list[place - 1] ?? {};
          const start = Number(to);
          const entered = count > start || (count === start && !toIncluded);
          const due = one.flatDue === 'reached' ? count >= start : entered;
          if (due && count > 0) tenThousandths += Math.round(Number(flat) * 10_000);
        });
        const rounding = { mode: 'floor', scale: 'currency', stage: 'total' };
        const answer = ask(build({ ...one, rounding }, 'graduated'), { calls: String(count) });
        expect(expectAnswer(answer).amount.minor).toBe(BigInt(Math.floor(tenThousandths / 100)));
      }),
    );
  });
});
