import { money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { facts, rules } from '../../test/arbitraries.ts';
import { compiled, day, dollars, fact, ruleJson, usd, type Json } from '../../test/support.ts';
import {
  decide,
  decideWithShadow,
  holdAgainst,
  moneyValue,
  ShadowTally,
  type Gate,
  type ShadowReport,
  type Value,
} from '../index.ts';

const giving = (value: Json, when: Json = { bool: true }): ReturnType<typeof compiled> =>
  compiled(ruleJson({ when, then: { outcome: 'applied', value } }));

function tallyOf(live: Json, draft: Json, inputs: readonly Record<string, Value>[]): ShadowReport {
  const tally = new ShadowTally();
  const both = { live: giving(live), draft: giving(draft) };
  for (const given of inputs) tally.add(decideWithShadow(both, (name) => given[name], day));
  return tally.report();
}

describe('a draft beside the live rules', () => {
  test('never changes what the live rules decide', () => {
    fc.assert(
      fc.property(rules, rules, facts, (live, draft, given) => {
        const both = { live: compiled(...live), draft: compiled(...draft) };
        const shadowed = decideWithShadow(both, (name) => given[name], day);
        expect(shadowed.live.toJSON()).toEqual(decide(both.live, given, day).toJSON());
        expect(shadowed.draft.toJSON()).toEqual(decide(both.draft, given, day).toJSON());
      }),
    );
  });

  test('asks for each fact once', () => {
    const asked: string[] = [];
    const both = { live: giving(fact('m.usd')), draft: giving(fact('m.usd')) };
    decideWithShadow(both, (name) => void asked.push(name), day);
    expect(asked).toEqual(['m.usd']);
  });

  test('is counted: how often it differs, and by how much money', () => {
    const inputs = [100n, 200n, 300n].map((minor) => ({ 'm.usd': dollars(minor) }));
    expect(tallyOf(fact('m.usd'), { min: [fact('m.usd'), usd('2.00')] }, inputs)).toEqual({
      runs: 3,
      disagreements: 1,
      failures: 0,
      difference: [{ amount: '-1.00', currency: 'USD' }],
      moved: [{ amount: '1.00', currency: 'USD' }],
    });
  });

  test('that gives more here and less there has moved both', () => {
    const inputs = [100n, 300n].map((minor) => ({ 'm.usd': dollars(minor) }));
    expect(tallyOf(fact('m.usd'), usd('2.00'), inputs)).toMatchObject({
      disagreements: 2,
      difference: [{ amount: '0.00', currency: 'USD' }],
      moved: [{ amount: '2.00', currency: 'USD' }],
    });
  });

  test('that cannot be told, or gives other money, is counted', () => {
    const yuan = { 'm.open': moneyValue(money(100n, 'CNY')) };
    expect(tallyOf(usd('1.00'), fact('m.open'), [yuan, {}])).toEqual({
      runs: 2,
      disagreements: 2,
      failures: 1,
      difference: [
        { amount: '1.00', currency: 'CNY' },
        { amount: '-2.00', currency: 'USD' },
      ],
      moved: [
        { amount: '1.00', currency: 'CNY' },
        { amount: '2.00', currency: 'USD' },
      ],
    });
  });

  test.each<[Json, Json, number]>([
    [{ bool: true }, { bool: false }, 1],
    [{ integer: '1' }, { integer: '1' }, 0],
    [{ decimal: '0.1' }, { decimal: '0.2' }, 1],
    [{ text: 'a' }, { text: 'a' }, 0],
  ])('%j against %j differs %i times', (live, draft, disagreements) => {
    expect(tallyOf(live, draft, [{}])).toMatchObject({ disagreements, moved: [] });
  });
});

describe('a gate', () => {
  const gate: Gate = {
    fewestRuns: 1_000,
    failuresPerMillion: 1_000,
    moved: [{ amount: '10.00', currency: 'USD' }],
  };
  const report: ShadowReport = {
    runs: 1_000,
    disagreements: 9,
    failures: 1,
    difference: [],
    moved: [],
  };

  test.each<[Partial<ShadowReport>, string, string]>([
    [{}, 'go', '1000 runs kept to the gate'],
    [{ runs: 999 }, 'wait', '999 of 1000 runs so far'],
    [{ failures: 2 }, 'pause', '2 of 1000 runs failed, at most 1000 in a million may'],
    [{ moved: [{ amount: '10.00', currency: 'USD' }] }, 'go', '1000 runs kept to the gate'],
    [
      { moved: [{ amount: '10.01', currency: 'USD' }] },
      'pause',
      '10.01 USD moved, at most 10.00 USD may',
    ],
    [
      { runs: 5, moved: [{ amount: '10.01', currency: 'USD' }] },
      'pause',
      '10.01 USD moved, at most 10.00 USD may',
    ],
    [
      { moved: [{ amount: '0.01', currency: 'CNY' }] },
      'pause',
      '0.01 CNY moved, at most 0.00 CNY may',
    ],
  ])('with %j says %s', (changes, verdict, reason) => {
    expect(holdAgainst({ ...report, ...changes }, gate)).toEqual({ verdict, reason });
  });
});
