import { money, roundingModes } from '@sluice/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  boolValue,
  decimalValue,
  integerValue,
  listValue,
  moneyValue,
  textValue,
  type Value,
} from '../src/index.ts';
import { fact, ruleJson, type Json } from './support.ts';

const cents = fc.bigInt({ min: -300n, max: 300n });
const whole = fc.bigInt({ min: -4n, max: 4n });
const word = fc.constantFrom('', 'a', 'b', 'ab');
const decimal = fc
  .integer({ min: -3_000, max: 3_000 })
  .map((units) => new Decimal(units).div(1000));

function amountText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(3, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const rounding = fc.record({
  mode: fc.constantFrom(...roundingModes),
  scale: fc.constantFrom('currency', 0, 1, 2),
  stage: fc.constantFrom('line', 'total'),
});

function choose(...branches: readonly fc.Arbitrary<Json>[]): fc.Arbitrary<Json> {
  return fc.oneof({ depthSize: 'small', withCrossShrink: true }, ...branches);
}

interface Trees {
  readonly bool: Json;
  readonly money: Json;
  readonly integer: Json;
  readonly decimal: Json;
  readonly text: Json;
}

const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];
const sums = ['add', 'min', 'max'];

function pairOf(ops: readonly string[], arg: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.tuple(fc.constantFrom(...ops), arg, arg).map(([op, ...args]) => ({ [op]: args }));
}

function someOf(ops: readonly string[], arg: fc.Arbitrary<Json>, min: number): fc.Arbitrary<Json> {
  const args = fc.array(arg, { minLength: min, maxLength: 4 });
  return fc.tuple(fc.constantFrom(...ops), args).map(([op, of]) => ({ [op]: of }));
}

function choiceOf(condition: fc.Arbitrary<Json>, arg: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.record({ when: condition, then: arg, else: arg }).map((body) => ({ if: body }));
}

function rolloutOf(unit: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const bucket = fc.constantFrom(0, 25_000, 50_000, 75_000, 100_000);
  return fc
    .record({ unit, salt: fc.constantFrom('spring', 'été'), ends: fc.tuple(bucket, bucket) })
    .map(({ unit: of, salt, ends: [a, b] }) => ({
      rollout: {
        unit: of,
        algorithm: 'murmur3-32-100000',
        salt,
        from: Math.min(a, b),
        to: Math.max(a, b),
      },
    }));
}

function numeric(
  leaf: fc.Arbitrary<Json>,
  self: fc.Arbitrary<Json>,
  bool: fc.Arbitrary<Json>,
): readonly fc.Arbitrary<Json>[] {
  return [leaf, someOf(sums, self, 2), pairOf(['subtract'], self), choiceOf(bool, self)];
}

const trees: fc.LetrecTypedBuilder<Trees> = (tie) => ({
  bool: choose(
    fc.constantFrom<Json>(fact('b'), { bool: true }, { bool: false }),
    someOf(['and', 'or'], tie('bool'), 1),
    tie('bool').map((not) => ({ not })),
    pairOf(comparisons, tie('money')),
    pairOf(comparisons, tie('integer')),
    pairOf(comparisons, tie('decimal')),
    pairOf(['eq', 'ne'], tie('text')),
    pairOf(['eq', 'ne'], tie('bool')),
    tie('text').map((item) => ({ in: [item, fact('tags')] })),
    tie('money').map((item) => ({
      in: [
        item,
        {
          list: ['-1.00', '0.00', '1.00'].map((amount) => ({ money: { amount, currency: 'USD' } })),
        },
      ],
    })),
    choiceOf(tie('bool'), tie('bool')),
    rolloutOf(tie('text')),
  ),
  money: choose(
    ...numeric(
      fc.oneof(
        fc.constantFrom(fact('m.usd'), fact('m.open')),
        cents.map((units) => ({ money: { amount: amountText(units), currency: 'USD' } })),
      ),
      tie('money'),
      tie('bool'),
    ),
    fc
      .record({ value: tie('money'), by: fc.oneof(tie('decimal'), tie('integer')), rounding })
      .map((multiply) => ({ multiply })),
  ),
  integer: choose(
    ...numeric(
      fc.oneof(
        fc.constant(fact('n')),
        whole.map((n) => ({ integer: n.toString() })),
      ),
      tie('integer'),
      tie('bool'),
    ),
  ),
  decimal: choose(
    ...numeric(
      fc.oneof(
        fc.constant(fact('r')),
        decimal.map((r) => ({ decimal: r.toFixed() })),
      ),
      tie('decimal'),
      tie('bool'),
    ),
  ),
  text: choose(
    fc.oneof(
      fc.constant(fact('t')),
      word.map((text) => ({ text })),
    ),
    choiceOf(tie('bool'), tie('text')),
  ),
});

const { bool, money: moneyTree } = fc.letrec<Trees>(trees);

/** Well-typed conditions over the facts of `allFacts`. */
export const condition = bool;

/** Well-typed rules of the business `b` with distinct ids, of both outcomes. */
export const rules = fc
  .array(
    fc.record({
      when: bool,
      then: fc.oneof(
        { weight: 5, arbitrary: moneyTree.map((value) => ({ outcome: 'applied', value })) },
        { weight: 1, arbitrary: bool.map((value) => ({ outcome: 'applied', value })) },
        { weight: 1, arbitrary: fc.constant({ outcome: 'not-applied' }) },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.map((rule, index) => ruleJson({ ...rule, id: `r${index}` })));

/** Facts of every declared type, some missing; open money may be of another currency. */
export const facts: fc.Arbitrary<Record<string, Value>> = fc.record(
  {
    'm.usd': cents.map((units) => moneyValue(money(units, 'USD'))),
    'm.open': fc
      .tuple(cents, fc.constantFrom('USD', 'USD', 'CNY'))
      .map(([units, currency]) => moneyValue(money(units, currency))),
    n: whole.map(integerValue),
    r: decimal.map(decimalValue),
    t: word.map(textValue),
    b: fc.boolean().map(boolValue),
    tags: fc.array(word, { maxLength: 3 }).map((words) => listValue(words.map(textValue))),
  },
  { requiredKeys: [] },
);
