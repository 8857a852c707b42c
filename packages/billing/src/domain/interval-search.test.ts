import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileSearch } from './interval-search.ts';
import { holds, type StepRange } from './interval.ts';

/** Near zero, near where doubles lose digits, and near and beyond the ends of a machine word. */
const centre = fc.constantFrom(0n, 2n ** 53n, 2n ** 63n, -(2n ** 63n), 10n ** 30n);

/** Ranges one after another: up to 40 of them, so that the search takes from three steps to six. */
const ranges = fc
  .record({
    from: centre,
    widths: fc.array(fc.bigInt({ min: 1n, max: 5n }), { minLength: 1, maxLength: 40 }),
    openStart: fc.boolean(),
    openEnd: fc.boolean(),
  })
  .map(({ from, widths, openStart, openEnd }) => {
    let next = from - widths.reduce((sum, width) => sum + width, 0n) / 2n;
    return widths.map((width, place): StepRange => {
      const first = next;
      next += width;
      const isLast = place === widths.length - 1;
      return {
        first: openStart && place === 0 ? null : first,
        last: openEnd && isLast ? null : next - 1n,
      };
    });
  });

test('the search gives the range that holds a step, as looking at each range does', () => {
  fc.assert(
    fc.property(ranges, (all) => {
      const search = compileSearch(all);
      const ends = all.flatMap(({ first, last }) => [first, last]).filter((end) => end !== null);
      const near = ends.flatMap((end) => [end - 1n, end, end + 1n]);
      const far = [63n, 64n, 100n].flatMap((bits) => [2n ** bits, -(2n ** bits)]);
      const edges = far.flatMap((step) => [step - 1n, step, step + 1n]);
      for (const step of [0n, ...near, ...edges]) {
        expect(search(step)).toBe(all.findIndex((range) => holds(range, step)));
      }
    }),
  );
});
