import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { facts, rules } from '../../test/arbitraries.ts';
import { compiled, day, dollars, fact, ruleJson, usd, type Json } from '../../test/support.ts';
import {
  boolValue,
  createRuleInterface,
  decide,
  integerValue,
  textValue,
  type CompiledRules,
  type Decision,
  type FactProviders,
  type RuleInterface,
  type Timer,
  type Value,
} from '../index.ts';

const terminal = { deviceId: 'till-1' };

function interfaceOf(all: CompiledRules, facts: FactProviders, timer?: Timer): RuleInterface {
  const rulesFor = (): ReturnType<
    Parameters<typeof createRuleInterface>[0]['management']['rulesFor']
  > => ({
    terminal,
    business: 'b',
    ruleSets: [],
    compiled: all,
  });
  return createRuleInterface({
    management: { rulesFor },
    terminal,
    facts,
    ...(timer === undefined ? {} : { timer }),
  });
}

/** Runs a condition; tells in which rounds facts were fetched: those together at the same time. */
async function rounds(
  when: Json,
  given: Record<string, Value>,
  costs: Record<string, number>,
): Promise<{ decision: Decision; fetched: string[] }> {
  const fetched: string[] = [];
  let together: string[] = [];
  const providers = Object.fromEntries(
    ['b', 'n', 't', 'm.usd', 'm.open', 'r', 'tags'].map((name) => [
      name,
      {
        cost: costs[name] ?? 0,
        provide: async () => {
          together.push(name);
          await Promise.resolve();
          if (together.length > 0) fetched.push(together.join('+'));
          together = [];
          return given[name];
        },
      },
    ]),
  );
  const decision = await interfaceOf(compiled(ruleJson({ when })), providers).run('b', { at: day });
  return { decision, fetched };
}

const b = fact('b');
const nIsOne: Json = { eq: [fact('n'), { integer: '1' }] };
const isTea: Json = { eq: [fact('t'), { text: 'tea' }] };
const someValues = { b: boolValue(true), n: integerValue(1n), t: textValue('tea') };
const isPaid: Json = { gt: [fact('m.usd'), fact('m.open')] };

describe('the plan', () => {
  test.each<[string, Json, Record<string, Value>, Record<string, number>, string[]]>([
    [
      'asks the cheap part first',
      { and: [nIsOne, b] },
      { b: boolValue(false) },
      { n: 50, b: 1 },
      ['b'],
    ],
    [
      'asks the cheap part of an or first',
      { or: [nIsOne, b] },
      { b: boolValue(true) },
      { n: 50, b: 1 },
      ['b'],
    ],
    [
      'goes on with the dear one where it must',
      { and: [nIsOne, b] },
      someValues,
      { n: 50, b: 1 },
      ['b', 'n'],
    ],
    ['keeps the order of equals', { and: [nIsOne, b] }, someValues, { n: 5, b: 5 }, ['n', 'b']],
    [
      'asks what settles alone before what settles only together',
      { and: [{ or: [nIsOne, isTea] }, b] },
      { ...someValues, b: boolValue(false) },
      { n: 5, t: 5, b: 8 },
      ['b'],
    ],
    [
      'knows what a not turns round',
      { and: [{ not: { and: [nIsOne, isTea] } }, b] },
      { ...someValues, b: boolValue(false) },
      { n: 5, t: 5, b: 8 },
      ['b'],
    ],
    [
      'fetches together what a comparison needs together',
      isPaid,
      { 'm.usd': dollars(2n), 'm.open': dollars(1n) },
      { 'm.usd': 9, 'm.open': 9 },
      ['m.usd+m.open'],
    ],
    [
      'counts what is fetched together as its dearest',
      { and: [isPaid, nIsOne] },
      { n: integerValue(2n) },
      { 'm.usd': 9, 'm.open': 1, n: 5 },
      ['n'],
    ],
    [
      'takes what is at hand first, one by one',
      isPaid,
      { 'm.open': dollars(1n) },
      { 'm.open': 9 },
      ['m.usd'],
    ],
    [
      'asks an if for its condition, then for one branch',
      { if: { when: b, then: nIsOne, else: isTea } },
      someValues,
      { b: 9, n: 9, t: 1 },
      ['b', 'n'],
    ],
  ])('%s', async (_title, when, given, costs, expected) => {
    expect((await rounds(when, given, costs)).fetched).toEqual(expected);
  });

  test('never changes the answer, nor fetches a fact twice', async () => {
    const costs = fc.dictionary(
      fc.constantFrom('b', 'n', 't', 'm.usd', 'm.open', 'r', 'tags'),
      fc.nat(5),
    );
    await fc.assert(
      fc.asyncProperty(rules, facts, costs, async (json, given, cost) => {
        const all = compiled(...json);
        const asked: string[] = [];
        const provider = (name: string) => ({
          cost: cost[name] ?? 0,
          provide: (): Promise<Value | undefined> => {
            asked.push(name);
            return Promise.resolve(given[name]);
          },
        });
        const providers = Object.fromEntries(all.factNames.map((name) => [name, provider(name)]));
        const planned = await interfaceOf(all, providers).run('b', { at: day });
        const plain = decide(all, given, day);
        expect([planned.outcome, planned.value, planned.rule]).toEqual([
          plain.outcome,
          plain.value,
          plain.rule,
        ]);
        expect(planned.unknowns.map(({ rule }) => rule)).toEqual(
          plain.unknowns.map(({ rule }) => rule),
        );
        expect(planned.factsRead).toEqual(asked);
        expect(new Set(asked).size).toBe(asked.length);
        expect(planned.trace.map(({ outcome }) => outcome)).not.toContain('pending');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a time-out', () => {
  const never = (): Promise<Value> => new Promise(() => undefined);

  test('makes the fact unknown, and the rules that do not need it decide', async () => {
    const all = compiled(
      ruleJson({ id: 'slow', when: b }),
      ruleJson({ id: 'quick', when: nIsOne, then: { outcome: 'applied', value: usd('2.00') } }),
    );
    const timers: number[] = [];
    const rules = interfaceOf(
      all,
      { b: { provide: never, cost: 5, timeoutMs: 200 }, n: () => integerValue(1n) },
      (ms, callBack) => {
        timers.push(ms);
        queueMicrotask(callBack);
        return () => undefined;
      },
    );
    const decision = await rules.run('b', { at: day });
    expect(decision.rule?.id).toBe('quick');
    expect(timers).toEqual([200]);
    expect(decision.unknowns[0]?.reason).toMatchObject({
      code: 'FACT_TIMEOUT',
      message: 'b did not come within 200 ms',
      fact: 'b',
    });
  });

  test('is called off when the fact comes in time', async () => {
    let running = 0;
    const rules = interfaceOf(
      compiled(ruleJson({ when: b })),
      { b: { provide: () => Promise.resolve(boolValue(true)), cost: 1, timeoutMs: 9 } },
      () => {
        running += 1;
        return () => {
          running -= 1;
        };
      },
    );
    expect((await rules.run('b', { at: day })).outcome).toBe('applied');
    expect(running).toBe(0);
  });

  test('lets a rejection that comes after it pass', async () => {
    let fail = (_error: Error): void => undefined;
    const provide = (): Promise<Value> => new Promise((_resolve, reject) => (fail = reject));
    const rules = interfaceOf(
      compiled(ruleJson({ when: b })),
      { b: { provide, cost: 1, timeoutMs: 1 } },
      (_ms, callBack) => {
        queueMicrotask(callBack);
        return () => undefined;
      },
    );
    const decision = await rules.run('b', { at: day });
    fail(new Error('too late'));
    expect(decision.unknowns[0]?.reason.code).toBe('FACT_TIMEOUT');
  });

  test('without a timer is a mistake of the caller', () => {
    const facts = { b: { provide: never, cost: 1, timeoutMs: 1 } };
    expect(() => interfaceOf(compiled(ruleJson()), facts)).toThrow(TypeError);
  });
});

test('a budget can be set for all runs of an interface', async () => {
  const rulesFor = () => ({
    terminal,
    business: 'b',
    ruleSets: [],
    compiled: compiled(
      ruleJson({ id: 'dear', when: { in: [fact('t'), fact('tags')] } }),
      ruleJson(),
    ),
  });
  const rules = createRuleInterface({
    management: { rulesFor },
    terminal,
    facts: {},
    budget: { stepsPerRule: 100, stepsPerRun: 1_000 },
  });
  const decision = await rules.run('b', { at: day });
  expect([decision.rule?.id, decision.unknowns[0]?.reason.code]).toEqual(['r', 'BUDGET_EXCEEDED']);
});
