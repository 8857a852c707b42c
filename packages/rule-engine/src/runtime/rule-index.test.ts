import { money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { condition, facts } from '../../test/arbitraries.ts';
import { compiled, day, dollars, fact, ruleJson, usd, type Json } from '../../test/support.ts';
import { decide, decideNow, moneyValue, textValue, type Value } from '../index.ts';
import { startRun, supply } from './run.ts';

function isWord(text: string): Json {
  return { eq: [{ text }, fact('t')] };
}

function demand(of: number): Json {
  const word = ['', 'a', 'b', 'ab', 'never'][of % 5] ?? '';
  const demands: readonly Json[] = [
    isWord(word),
    { in: [fact('t'), { list: [{ text: word }, { text: 'x' }] }] },
    { eq: [fact('n'), { integer: `${of % 9}` }] },
    { eq: [fact('m.usd'), usd(`${of % 3}.00`)] },
    { eq: [fact('m.open'), usd(`${of % 3}.00`)] },
    { eq: [fact('b'), { bool: of % 2 === 0 }] },
    { eq: [fact('r'), { decimal: '0.5' }] },
  ];
  return demands[of % demands.length] ?? isWord(word);
}

const rules = fc
  .array(
    fc.record({
      of: fc.option(fc.nat(1_000), { nil: undefined, freq: 4 }),
      when: condition,
      first: fc.boolean(),
      then: fc.constantFrom<Json>(
        { outcome: 'applied', value: usd('1.00') },
        { outcome: 'applied', value: fact('m.usd') },
        { outcome: 'not-applied' },
      ),
      effectiveTo: fc.constantFrom('2017-01-01', '2019-01-01', '2019-01-01'),
    }),
    { minLength: 16, maxLength: 40 },
  )
  .map((all) =>
    all.map(({ of, when, first, ...rest }, index) => {
      const parts = of === undefined ? [when] : first ? [demand(of), when] : [when, demand(of)];
      return ruleJson({ ...rest, id: `r${index}`, when: { and: parts } });
    }),
  );

describe('the index of many rules', () => {
  test('decides the very same: outcome, unknowns, facts read in order, trace', () => {
    let indexed = 0;
    fc.assert(
      fc.property(rules, facts, (json, given) => {
        const all = compiled(...json);
        if (all.index !== null) indexed += 1;
        const plainly = decide({ ...all, index: null }, given, day);
        expect(decide(all, given, day).toJSON()).toEqual(plainly.toJSON());
      }),
      { numRuns: 300 },
    );
    expect(indexed).toBeGreaterThan(250);
  });

  test('asks no rule whose fact is known to be another', () => {
    const json = Array.from({ length: 1_000 }, (_, index) =>
      ruleJson({ id: `r${index}`, when: isWord(`${index}`) }),
    );
    const all = compiled(...json);
    const seven = startRun(all);
    supply(seven, { fact: 't', slot: all.slotOf('t') }, textValue('7'));
    const asked = [...(all.index?.candidates(seven) ?? [])];
    expect(asked.map(({ rule }) => rule.id)).toEqual(['r7']);
    expect(decide(all, { t: textValue('999') }, day).rule?.id).toBe('r999');
    expect(decide(all, {}, day).unknowns).toHaveLength(1_000);
  });

  test('leaves a fact of another type, another currency or a hostile one to the rules', () => {
    const hostile = new Proxy({} as Value, {
      get() {
        throw new Error('hands off');
      },
    });
    const json = Array.from({ length: 20 }, (_, index) =>
      ruleJson({ id: `r${index}`, when: { eq: [fact('m.usd'), usd(`${index}.00`)] } }),
    );
    const all = compiled(...json);
    for (const given of [textValue('x'), moneyValue(money(1n, 'CNY')), hostile]) {
      const decision = decideNow(all, () => given, day);
      expect(decision.unknowns).toHaveLength(20);
    }
    expect(decide(all, { 'm.usd': dollars(700n) }, day).rule?.id).toBe('r7');
  });

  test('is not made for few rules, nor for rules that demand nothing', () => {
    expect(compiled(ruleJson({ when: isWord('a') })).index).toBeNull();
    const open = Array.from({ length: 20 }, (_, index) => ruleJson({ id: `r${index}` }));
    expect(compiled(...open).index).toBeNull();
  });
});
