import { expect, test } from 'vitest';
import type { Bench } from './bench.ts';
import { chooseBenches, listBenches, UnknownBenchError } from './choose-benches.ts';

const bench = (name: string): Bench => ({
  name,
  measures: `what ${name} takes`,
  rounds: 1,
  servers: 'own',
  // eslint-disable-next-line @typescript-eslint/require-await
  async *run() {
    yield [];
  },
});
const known = [bench('first'), bench('second-one')];
const namesOf = (names: readonly string[]): readonly string[] =>
  chooseBenches(known, names).map(({ name }) => name);

test('all benches are chosen when none is named', () => {
  expect(namesOf([])).toEqual(['first', 'second-one']);
});

test('a long bench is chosen by its name only', () => {
  const all = [...known, { ...bench('long'), byNameOnly: true as const }];
  expect(chooseBenches(all, [])).toEqual(known);
  expect(chooseBenches(all, ['long']).map(({ name }) => name)).toEqual(['long']);
});

test('named benches are chosen once, in the order in which they are known', () => {
  expect(namesOf(['second-one', 'first', 'second-one'])).toEqual(['first', 'second-one']);
});

test('an unknown bench is refused, naming those that there are', () => {
  expect(() => namesOf(['first', 'third', 'toString'])).toThrow(UnknownBenchError);
  expect(() => namesOf(['third'])).toThrow('no bench is called third: there are first, second-one');
});

test('the list says what each bench measures', () => {
  expect(listBenches(known)).toBe(
    'first       what first takes\nsecond-one  what second-one takes',
  );
});
