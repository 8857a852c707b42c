import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareLeaves } from './compare-leaves.ts';

const lines = (text: string): readonly string[] => [...text];

test.each([
  ['abc', 'abc', []],
  ['', '', []],
  ['abc', 'axc', [{ kind: 'changed', place: 1 }]],
  ['abc', 'ac', [{ kind: 'removed', place: 1, count: 1, leaf: 'b' }]],
  ['abc', '', [{ kind: 'removed', place: 0, count: 3, leaf: 'a' }]],
  ['abc', 'ab', [{ kind: 'removed', place: 2, count: 1, leaf: 'c' }]],
  ['abc', 'abxyc', [{ kind: 'added', place: 2, lastPlace: 3 }]],
  ['', 'xy', [{ kind: 'added', place: 0, lastPlace: 1 }]],
  ['abc', 'abbc', [{ kind: 'repeated', place: 2, of: 1 }]],
  ['abc', 'acb', [{ kind: 'reordered', place: 1, lastPlace: 2 }]],
  ['abcde', 'ebcda', [{ kind: 'reordered', place: 0, lastPlace: 4 }]],
  [
    'abcdef',
    'acdxf',
    [
      { kind: 'removed', place: 1, count: 1, leaf: 'b' },
      { kind: 'changed', place: 3 },
    ],
  ],
  [
    'abc',
    'axyc',
    [
      { kind: 'changed', place: 1 },
      { kind: 'added', place: 2, lastPlace: 2 },
    ],
  ],
])('%s that became %s', (sealed, found, expected) => {
  expect(compareLeaves(lines(sealed), lines(found))).toEqual(expected);
});

test('however lines are shuffled, lost and put in: each one is accounted for', () => {
  const some = fc.array(fc.nat({ max: 14 }).map(String), { maxLength: 14 });
  fc.assert(
    fc.property(fc.nat({ max: 10 }), some, fc.boolean(), (size, strangers, same) => {
      const sealed = Array.from({ length: size }, (_, n) => String(n));
      const found = same ? sealed : strangers;
      const differences = compareLeaves(sealed, found);
      const count = (kind: string): number =>
        differences
          .filter((difference) => difference.kind === kind)
          .reduce((sum, difference) => {
            if (difference.kind === 'removed') return sum + difference.count;
            if (difference.kind !== 'added') return sum + 1;
            return sum + difference.lastPlace - difference.place + 1;
          }, 0);
      const distinct = [...new Set(found)];
      const kept = distinct.filter((line) => sealed.includes(line));
      expect(count('removed') + count('changed')).toBe(sealed.length - kept.length);
      expect(count('added') + count('changed')).toBe(distinct.length - kept.length);
      expect(count('repeated')).toBe(found.length - distinct.length);
      const inOrder = sealed.filter((line) => kept.includes(line)).join() === kept.join();
      expect(count('reordered')).toBe(inOrder ? 0 : 1);
    }),
    { numRuns: 300 },
  );
});
