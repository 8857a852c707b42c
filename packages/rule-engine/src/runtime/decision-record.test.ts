import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { facts, rules } from '../../test/arbitraries.ts';
import { interpretSet } from '../../test/interpreted.ts';
import { compiled, day, fact, goodSet, ruleJson, setJson, type Json } from '../../test/support.ts';
import {
  createRuleInterface,
  decide,
  decisionRecord,
  type Decision,
  type Value,
} from '../index.ts';

function decided(given: Readonly<Record<string, Value>>, ...json: readonly Json[]): Decision {
  return decide(compiled(...json), given, day);
}

describe('the record of a decision', () => {
  const nothing = ruleJson({ then: { outcome: 'not-applied' } });

  test('of a rule that applied names value, rule and layer', () => {
    expect(decisionRecord(decided({}, ruleJson({ version: 3 })))).toBe(
      '{"layer":"base","outcome":"applied","rule":"s@1/r@3",' +
        '"value":{"money":{"amount":"1.00","currency":"USD"}}}',
    );
  });

  test('of a rule that says nothing applies names it', () => {
    expect(decisionRecord(decided({}, nothing))).toBe(
      '{"layer":"base","outcome":"not-applied","rule":"s@1/r@1","value":null}',
    );
  });

  test('names no rule where none holds', () => {
    expect(decisionRecord(decided({}, ruleJson({ when: { bool: false } })))).toBe(
      '{"layer":null,"outcome":"not-applied","rule":null,"value":null}',
    );
  });

  test('of an unknown outcome names the untold rules, sorted, without reasons', () => {
    const waiting = (id: string, name: string): Json =>
      ruleJson({ id, when: { eq: [fact(name), fact(name)] } });
    expect(decisionRecord(decided({}, waiting('z', 'b'), waiting('a', 'n')))).toBe(
      '{"layer":null,"outcome":"unknown","rule":null,' +
        '"unknowns":["s@1/a@1","s@1/z@1"],"value":null}',
    );
    expect(decisionRecord(decided({}, waiting('z', 'b'), nothing))).not.toContain('unknowns');
  });

  test('is the same from decideNow, the planned interface and the interpreter', async () => {
    const costs = fc.array(fc.nat(3), { minLength: 7, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(rules, facts, costs, async (json, given, cost) => {
        const all = compiled(...json);
        const record = decisionRecord(decide(all, given, day));
        const planned = createRuleInterface({
          terminal: { deviceId: 'till-1' },
          management: {
            rulesFor: (terminal, business) => ({ terminal, business, ruleSets: [], compiled: all }),
          },
          facts: Object.fromEntries(
            all.factNames.map((name, index) => {
              const provide = (): Promise<Value | undefined> => Promise.resolve(given[name]);
              return [name, { provide, cost: cost[index] ?? 0 }];
            }),
          ),
        });
        expect(decisionRecord(await planned.run('b', { at: day }))).toBe(record);
        expect(decisionRecord(interpretSet(goodSet(setJson(json)), given))).toBe(record);
      }),
      { numRuns: 300 },
    );
  });
});
