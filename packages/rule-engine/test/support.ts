import { expectAnswer, isRefusal, money } from '@sluice/money';
import {
  compileRules,
  integerValue,
  moneyValue,
  parseRuleSet,
  type CompiledRules,
  type RuleSet,
  type Value,
} from '../src/index.ts';

/** JSON as a test writes it. */
export type Json = Readonly<Record<string, unknown>>;

/** A day for tests that do not care. */
export const day = '2017-07-03';

/** A money node of the stored form, in dollars. */
export function usd(amount: string): Json {
  return { money: { amount, currency: 'USD' } };
}

/** A fact node. */
export function fact(name: string): Json {
  return { fact: name };
}

/** Dollars as a value, from cents. */
export function dollars(cents: bigint): Value {
  return moneyValue(money(cents, 'USD'));
}

/** The facts of one till line of the main job. */
export function line(
  cents: { coupon?: bigint; cut?: bigint; quantity?: bigint } = {},
): Record<string, Value> {
  return {
    'coupon.value': dollars(cents.coupon ?? 0n),
    'loyalty.cut': dollars(cents.cut ?? 0n),
    'line.quantity': integerValue(cents.quantity ?? 1n),
  };
}

/** A rule of the business `b` that is good but for what is given. */
export function ruleJson(changes: Json = {}): Json {
  return {
    id: 'r',
    version: 1,
    business: 'b',
    when: { bool: true },
    then: { outcome: 'applied', value: usd('1.00') },
    ...changes,
  };
}

/** Facts of every type. */
export const allFacts = {
  'm.usd': { money: 'USD' },
  'm.open': 'money',
  n: 'integer',
  r: 'decimal',
  t: 'text',
  b: 'bool',
  tags: { list: 'text' },
};

/** A base rule set that is good but for what is given. */
export function setJson(rules: readonly unknown[], changes: Json = {}): Json {
  return { id: 's', version: 1, scope: { level: 'base' }, facts: allFacts, rules, ...changes };
}

/** A rule set that must be good. */
export function goodSet(json: unknown): RuleSet {
  return expectAnswer(parseRuleSet(json));
}

/** Rules of the business `b`, compiled. */
export function compiled(...rules: readonly Json[]): CompiledRules {
  return compileRules(goodSet(setJson(rules)), 'b');
}

/** The faults of a rule set; none when it is good. */
export function faultsOf(json: unknown): readonly string[] {
  const parsed = parseRuleSet(json);
  return isRefusal(parsed) ? (parsed.details['faults'] as readonly string[]) : [];
}
