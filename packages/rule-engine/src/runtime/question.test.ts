import { money } from '@sluice/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { condition, facts } from '../../test/arbitraries.ts';
import { allFacts, goodSet, ruleJson, setJson, usd, type Json } from '../../test/support.ts';
import {
  boolValue,
  compileCondition,
  decimalValue,
  integerValue,
  moneyValue,
  textValue,
  type Value,
} from '../index.ts';
import { ask } from './ask.ts';
import { evaluate } from './evaluate.ts';
import { interpret } from './interpret.ts';
import { questionsOf } from './question.ts';
import { startRun, supply, typedFact } from './run.ts';
import { unknown } from './unknown.ts';

const cny = (amount: string): Json => ({ money: { amount, currency: 'CNY' } });
const literals: Readonly<Record<string, readonly Json[]>> = {
  n: ['-1', '0', '1'].map((integer) => ({ integer })),
  r: ['-0.5', '0', '0.5'].map((decimal) => ({ decimal })),
  t: ['', 'a', 'b'].map((text) => ({ text })),
  b: [{ bool: true }, { bool: false }],
  'm.usd': ['-0.01', '0.00', '0.01'].map(usd),
  'm.open': [...['0.00', '0.01'].map(usd), cny('0.01')],
};
const given: readonly (Value | undefined)[] = [
  undefined,
  ...[-1n, 0n, 1n, 2n].map(integerValue),
  ...['-0.5', '0', '0.5'].map((text) => decimalValue(new Decimal(text))),
  ...['', 'a', 'x'].map(textValue),
  ...[true, false].map(boolValue),
  ...[-1n, 0n, 1n].flatMap((minor) =>
    ['USD', 'CNY'].map((currency) => moneyValue(money(minor, currency))),
  ),
  { kind: 'integer', integer: 1 } as unknown as Value,
  { kind: 'text', text: 1 } as unknown as Value,
  { kind: 'money', money: { minor: 1, currency: 'USD' } } as unknown as Value,
];

function conditionsOn(name: string, ops: readonly string[]): readonly Json[] {
  const of = literals[name] ?? [];
  const fact = { fact: name };
  const pairs = ops.flatMap((op) =>
    of.flatMap((literal): Json[] => [{ [op]: [fact, literal] }, { [op]: [literal, fact] }]),
  );
  // One currency a list: two are no list.
  const lists = [of.slice(0, 1), of.slice(0, 2), name === 'm.open' ? of.slice(2) : of];
  return [...pairs, ...lists.map((list) => ({ in: [fact, { list }] }))];
}

const ordered = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];
const conditions = [
  ...['n', 'r', 'm.usd', 'm.open'].flatMap((name) => conditionsOn(name, ordered)),
  ...['t', 'b'].flatMap((name) => conditionsOn(name, ['eq', 'ne'])),
];

test('a fact against a literal compares as the interpreter does, whatever the fact is', () => {
  for (const json of conditions) {
    const { when } = goodSet(setJson([ruleJson({ when: json })])).rules[0]!;
    const { evaluate } = compileCondition(when);
    for (const value of given) {
      const expected = interpret(when, ({ name, type }) =>
        value === undefined
          ? unknown('FACT_MISSING', `${name} is missing`, name)
          : typedFact(value, name, type),
      );
      expect({ json, value, is: evaluate([value]) }).toEqual({ json, value, is: expected });
    }
  }
});

test('lists of many literals are looked through the same way', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3 }), (numbers) => {
      const list = numbers.map((n) => ({ integer: `${n}` }));
      const when = { in: [{ fact: 'n' }, { list }] };
      const { evaluate } = compileCondition(goodSet(setJson([ruleJson({ when })])).rules[0]!.when);
      for (let n = 0; n <= 20; n += 1) {
        expect(evaluate([integerValue(BigInt(n))])).toEqual(boolValue(numbers.includes(n)));
      }
    }),
  );
});

const factNames = Object.keys(allFacts);

function slotOf(name: string): number {
  return factNames.indexOf(name);
}

test('questions never contradict the tree, whether facts are there, missing or to come', () => {
  const told = { pending: 0, bool: 0, nothing: 0 };
  fc.assert(
    fc.property(condition, facts, fc.subarray(factNames), (json, values, asked) => {
      const { when } = goodSet(setJson([ruleJson({ when: json })])).rules[0]!;
      const run = startRun({ slotOf, factNames });
      for (const fact of asked) supply(run, { fact, slot: slotOf(fact) }, values[fact]);
      const quick = ask(questionsOf(when, slotOf), run);
      told[quick === null ? 'nothing' : (quick.kind as 'pending' | 'bool')] += 1;
      expect(quick ?? evaluate(when, run)).toEqual(evaluate(when, run));
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(...Object.values(told))).toBeGreaterThan(20);
});

test.each<[string, Json, unknown]>([
  ['a literal after it', { and: [{ fact: 'b' }, { bool: false }] }, boolValue(false)],
  ['a literal inside it', { or: [{ fact: 'b' }, { not: { bool: false } }] }, boolValue(true)],
  [
    'nothing else',
    { and: [{ fact: 'b' }, { eq: [{ fact: 't' }, { text: 'a' }] }] },
    { kind: 'pending', fact: 'b', slot: slotOf('b') },
  ],
])('a fact that is still to come is settled by %s', (_title, json, expected) => {
  const { when } = goodSet(setJson([ruleJson({ when: json })])).rules[0]!;
  const run = startRun({ slotOf, factNames });
  expect(ask(questionsOf(when, slotOf), run) ?? evaluate(when, run)).toEqual(expected);
});

test('six comparisons of a fact with a literal are questions, none goes the general way', () => {
  const six = {
    and: [
      { in: [{ fact: 't' }, { list: [{ text: 'a' }, { text: 'b' }] }] },
      { le: [usd('1.00'), { fact: 'm.usd' }] },
      { lt: [{ fact: 'm.usd' }, usd('5.00')] },
      { or: [{ ne: [{ fact: 'n' }, { integer: '1' }] }, { fact: 'b' }] },
      { not: { gt: [{ fact: 'n' }, { integer: '3' }] } },
    ],
  };
  const about: string[] = [];
  const { when } = goodSet(setJson([ruleJson({ when: six })])).rules[0]!;
  const first = questionsOf(when, slotOf);
  for (let each = typeof first === 'boolean' ? null : first; each !== null; each = each.later) {
    about.push(each.about);
  }
  expect(about).toEqual(['text', 'money', 'money', 'integer', 'bool', 'integer']);
});
