import { describe, expect, test } from 'vitest';
import {
  compiled,
  day,
  fact,
  goodSet,
  ruleJson,
  setJson,
  usd,
  type Json,
} from '../../test/support.ts';
import { compileLayers, decide, textValue, valueText, type Decision } from '../index.ts';

function said({ outcome, value }: Decision): string {
  return value === null ? outcome : `${outcome} ${valueText(value)}`;
}

describe('days in effect', () => {
  const from = ruleJson({ id: 'x', version: 2, effectiveFrom: '2017-07-03' });
  const until = ruleJson({
    id: 'x',
    effectiveTo: '2017-07-03',
    then: { outcome: 'applied', value: usd('2.00') },
  });

  test.each([
    ['2017-07-02', 'applied 2.00 USD'],
    ['2017-07-03', 'applied 1.00 USD'],
    ['2018-01-01', 'applied 1.00 USD'],
  ])('on %s the version of that day speaks', (at, expected) => {
    expect(said(decide(compiled(from, until), {}, at))).toBe(expected);
  });

  test('the last day is not part of the period', () => {
    expect(said(decide(compiled(until), {}, '2017-07-03'))).toBe('not-applied');
  });

  test.each(['', '2017-7-3', '2017-02-30', '2017-07-03T00:00:00Z', 'today'])(
    'the day "%s" is thrown back: it is a mistake of the caller',
    (at) => expect(() => decide(compiled(from), {}, at)).toThrow(RangeError),
  );
});

describe('layers', () => {
  const layer = (level: string, changes: Json, rules: readonly Json[]): Json =>
    setJson(rules, {
      id: `${level}-set`,
      scope: level === 'base' ? { level } : { level, id: 'x' },
      ...changes,
    });
  const giving = (amount: string, changes: Json = {}): Json =>
    ruleJson({ then: { outcome: 'applied', value: usd(amount) }, ...changes });
  const decideAll = (sets: readonly Json[], at = day): Decision =>
    decide(compileLayers(sets.map(goodSet), 'b'), {}, at);

  test('the narrowest layer speaks: base, institution, user, device', () => {
    const all = ['base', 'institution', 'user', 'device'].map((level, index) =>
      layer(level, {}, [giving(`${index}.00`)]),
    );
    for (const count of [1, 2, 3, 4]) {
      const decision = decideAll(all.slice(0, count).reverse());
      expect(said(decision)).toBe(`applied ${count - 1}.00 USD`);
    }
  });

  test('a rule replaces only the rule of its id, also when it does not hold itself', () => {
    const base = layer('base', {}, [giving('1.00', { id: 'a' }), giving('2.00', { id: 'z' })]);
    const device = layer('device', {}, [giving('9.00', { id: 'a', when: { bool: false } })]);
    const decision = decideAll([base, device]);
    expect(said(decision)).toBe('applied 2.00 USD');
    expect(decision.trace.map(({ outcome }) => outcome)).toContain('replaced');
  });

  test('outside its days a narrower rule leaves the word to the wider one', () => {
    const base = layer('base', {}, [giving('1.00')]);
    const device = layer('device', {}, [giving('9.00', { effectiveFrom: '2018-01-01' })]);
    expect(said(decideAll([base, device]))).toBe('applied 1.00 USD');
    expect(said(decideAll([base, device], '2018-01-01'))).toBe('applied 9.00 USD');
  });

  test('sets of one layer stand side by side, ordered by their id', () => {
    const sets = ['b', 'a'].map((id, index) => layer('base', { id }, [giving(`${index}.00`)]));
    expect(decideAll(sets).rule?.ruleSetId).toBe('a');
    expect(decideAll(sets.toReversed()).rule?.ruleSetId).toBe('a');
  });

  test('two sets may declare one fact with two types: each rule reads its own', () => {
    const base = layer('base', { facts: { x: 'text' } }, [
      ruleJson({ id: 'a', when: { eq: [fact('x'), { text: 'x' }] } }),
    ]);
    const user = layer('user', { facts: { x: 'bool' } }, [ruleJson({ id: 'c', when: fact('x') })]);
    const all = compileLayers([goodSet(base), goodSet(user)], 'b');
    const decision = decide(all, { x: textValue('x') }, day);
    expect([decision.rule?.id, decision.factsRead]).toEqual(['a', ['x']]);
    expect(decision.unknowns[0]?.reason.code).toBe('FACT_TYPE');
  });
});
