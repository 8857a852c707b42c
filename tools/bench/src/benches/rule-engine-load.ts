import { expectAnswer, money } from '@sluice/money';
import {
  compileCondition,
  compileRules,
  decideNow,
  integerValue,
  moneyValue,
  parseRuleSet,
  textValue,
  type RuleSet,
  type Value,
} from '@sluice/rule-engine';
import { parseExpressionText, parseRuleSetText } from '@sluice/rule-engine/text';
import type { ManyRival, Rival } from './rule-engine-rivals.ts';

/** One input, in the form that each engine takes. */
export interface Line {
  readonly values: Readonly<Record<string, Value>>;
  /** The same as a list, as a condition compiled alone takes them. */
  readonly listed: readonly Value[];
  readonly plain: Readonly<Record<string, string | number>>;
  readonly cel: Readonly<Record<string, string | bigint>>;
}

const condition =
  'country in ["DE", "FR"] && ' +
  'amount >= money("20.00", "USD") && amount < money("500.00", "USD") && ' +
  '(tier == "gold" || orders > 10) && !(sku in ["X1", "X2"])';
const facts = {
  country: 'text',
  amount: { money: 'USD' },
  tier: 'text',
  orders: 'integer',
  sku: 'text',
};

function lineOf(country: string, cents: number, tier: string, orders: number, sku: string): Line {
  const values = {
    country: textValue(country),
    amount: moneyValue(money(BigInt(cents), 'USD')),
    tier: textValue(tier),
    orders: integerValue(BigInt(orders)),
    sku: textValue(sku),
  };
  return {
    values,
    listed: Object.values(values),
    plain: { country, cents, tier, orders, sku },
    cel: { country, cents: BigInt(cents), tier, orders: BigInt(orders), sku },
  };
}

/** 64 inputs of which some hold, for the one condition. */
export function conditionLines(): readonly Line[] {
  return Array.from({ length: 64 }, (_, n) =>
    lineOf(
      ['DE', 'FR', 'US', 'FR'][n % 4] ?? '',
      (n * 1_709) % 60_000,
      n % 3 === 0 ? 'gold' : 'basic',
      n % 20,
      `X${n % 5}`,
    ),
  );
}

/** Our ways to the same answers: the condition alone, and a decision with all it can explain. */
export function ourConditions(): readonly Rival[] {
  const set = expectAnswer(parseRuleSet(setJson([])));
  const alone = compileCondition(expectAnswer(parseExpressionText(condition, set.facts)));
  if (alone.factNames.join() !== Object.keys(facts).join()) {
    throw new Error('facts are listed in another order than the condition reads them');
  }
  const rules = compileRules(expectAnswer(parseRuleSetText(ruleText())), 'b');
  return [
    {
      name: 'Sluice alone',
      holds: ({ listed }) => {
        const answer = alone.evaluate(listed);
        return answer.kind === 'bool' && answer.bool;
      },
    },
    {
      name: 'Sluice, decision with facts on demand',
      holds: ({ values }) => decideNow(rules, (name) => values[name], day).outcome === 'applied',
    },
  ];
}

/** A day for rules that are always in effect. */
export const day = '2017-07-03';

function setJson(rules: readonly unknown[]): Readonly<Record<string, unknown>> {
  return { id: 'bench', version: 1, scope: { level: 'base' }, facts, rules };
}

function ruleText(): string {
  const types = 'country: text, amount: money("USD"), tier: text, orders: integer, sku: text';
  const rule = `{ id: "r", version: 1, business: "b", when: ${condition}, then: true }`;
  return `{ id: "s", version: 1, scope: { level: "base" }, facts: { ${types} }, rules: [${rule}] }`;
}

/** The rules `sku == "S<n>" && amount >= <n modulo 1000> cents`, each giving its number. */
export function manyRules(count: number): RuleSet {
  const rules = Array.from({ length: count }, (_, n) => ({
    id: `r${n}`,
    version: 1,
    business: 'b',
    when: {
      and: [
        { eq: [{ fact: 'sku' }, { text: `S${n}` }] },
        {
          ge: [
            { fact: 'amount' },
            { money: { amount: ((n % 1_000) / 100).toFixed(2), currency: 'USD' } },
          ],
        },
      ],
    },
    then: { outcome: 'applied', value: { integer: `${n}` } },
  }));
  return expectAnswer(parseRuleSet(setJson(rules)));
}

/** Inputs for them: hits all over the set, and a miss that has every rule asked. */
export function manyLines(count: number): readonly Line[] {
  const hits = [0.1, 0.35, 0.6, 0.85, 0.99].map((share) => Math.floor(share * count));
  const lines = hits.map((n) => lineOf('DE', 5_000, 'gold', 1, `S${n}`));
  return [...lines, lineOf('DE', 5_000, 'gold', 1, 'none')];
}

/** Our ways to find the rule: by the index, and asking each, as one without equality would be. */
export function ourMany(set: RuleSet): readonly ManyRival[] {
  const compiled = compileRules(set, 'b');
  const find =
    (rules: typeof compiled): ManyRival['find'] =>
    ({ values }) => {
      const { value } = decideNow(rules, (name) => values[name], day);
      return value?.kind === 'integer' ? Number(value.integer) : null;
    };
  return [
    { name: 'Sluice, indexed', find: find(compiled) },
    { name: 'Sluice, every rule asked', find: find({ ...compiled, index: null }) },
  ];
}
