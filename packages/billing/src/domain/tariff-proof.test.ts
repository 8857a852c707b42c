import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  messageOf,
  rightMessage,
  scanIntervals,
  scanRates,
  type DimensionText,
  type IntervalText,
  type MessageText,
} from '../testing/random-tariffs.ts';
import { readTariff } from './parse-tariff.ts';

describe('proof over random tariffs', () => {
  const faultsIn = (message: MessageText): ReturnType<typeof readTariff> & object =>
    readTariff(messageOf(message));

  test('a right tariff is taken', () => {
    fc.assert(fc.property(rightMessage, (message) => !('faults' in faultsIn(message))));
  });

  test('a line left out, or written twice, is found by an example that shows it', () => {
    const cases = rightMessage.chain((message) =>
      fc.tuple(fc.constant(message), fc.nat(message.rates.length - 1), fc.boolean()),
    );
    fc.assert(
      fc.property(cases, ([message, line, twice]) => {
        const rates = twice
          ? [...message.rates, message.rates[line]!]
          : message.rates.filter((_, place) => place !== line);
        const broken = { ...message, rates };
        const outcome = faultsIn(broken);
        const faults = 'faults' in outcome ? outcome.faults : [];
        expect(faults.length).toBeGreaterThan(0);
        for (const { example } of faults.slice(0, 100)) {
          expect(scanRates(broken, example!)).toHaveLength(twice ? 2 : 0);
        }
      }),
    );
  });

  const step = fc.integer({ min: -4, max: 7 });
  const bound = fc.option(step, { freq: 6 });
  const wildInterval = fc
    .tuple(bound, fc.boolean(), bound, fc.boolean())
    .map(([from, fromIncluded, to, toIncluded]): IntervalText => ({
      ...(from === null ? { from } : { from: String(from), fromIncluded }),
      ...(to === null ? { to } : { to: String(to), toIncluded }),
    }));
  const anyIntervals = fc.array(wildInterval, { minLength: 1, maxLength: 4 });
  /** Cuts of the line with one bound moved or turned: often right, often wrong by one step. */
  const nearlyRight = fc
    .tuple(
      fc.uniqueArray(step, { minLength: 2, maxLength: 5 }),
      fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      fc.nat(4),
      fc.integer({ min: -1, max: 1 }),
      fc.boolean(),
    )
    .map(([found, sides, spot, shift, turn]) => {
      const cuts = found.toSorted((left, right) => left - right);
      return cuts.slice(1).map((to, place): IntervalText => {
        const off = place === spot ? shift : 0;
        const included = sides[place] ?? false;
        return {
          from: String(cuts[place]! + off),
          fromIncluded: place === spot && turn ? !included : included,
          to: String(to),
          toIncluded: !(sides[place + 1] ?? false),
        };
      });
    });

  test('intervals are taken exactly when every step between the ends lies in one of them', () => {
    const outcomes = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof(anyIntervals, nearlyRight), (intervals) => {
        const size: DimensionText = {
          name: 'size',
          type: 'number',
          unit: 'm',
          decimals: 0,
          intervals,
        };
        const rates = [{ cell: { size: '*' }, flat: '1.00' }];
        const outcome = faultsIn({ dimensions: [size], order: ['size'], rates });
        const faults = 'faults' in outcome ? outcome.faults : [];
        const grid = Array.from({ length: 40 }, (_, place) => String(place - 20));
        const hits = grid.map((text) => scanIntervals(size, text).length);
        const [start, end] = [hits.findIndex((n) => n > 0), hits.findLastIndex((n) => n > 0)];
        const right =
          hits.slice(start, end + 1).every((count) => count === 1) &&
          intervals.every((_, place) =>
            grid.some((g) => scanIntervals(size, g)[0] === place + 1),
          ) &&
          grid
            .flatMap((text) => scanIntervals(size, text))
            .every((n, i, all) => n >= (all[i - 1] ?? 0));
        expect(faults.length === 0).toBe(right);
        outcomes[right ? 'taken' : 'refused'] += 1;
        for (const { text, example } of faults) {
          if (example === undefined) continue;
          const count = scanIntervals(size, example['size']!).length;
          expect(text.includes('hits no interval') ? count === 0 : count > 1).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(outcomes.taken, outcomes.refused)).toBeGreaterThan(100);
  });
});
