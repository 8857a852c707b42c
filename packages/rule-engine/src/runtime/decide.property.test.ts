import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { condition, facts, rules } from '../../test/arbitraries.ts';
import { interpret, interpretRules, plain } from '../../test/oracle.ts';
import { compiled, day, ruleJson } from '../../test/support.ts';
import { createRuleInterface, decide, decideNow, valueToJson, type Value } from '../index.ts';

const many = { numRuns: 400 };

describe('for any rules and any facts', () => {
  test('compiled rules decide as a plain interpreter of the stored JSON does', () => {
    fc.assert(
      fc.property(rules, facts, (json, given) => {
        const decision = decide(compiled(...json), given, day);
        const value = decision.value === null ? null : plain(valueToJson(decision.value));
        expect({ outcome: decision.outcome, value }).toEqual(interpretRules(json, given));
      }),
      many,
    );
  });

  test('the interface with late facts decides, reads and explains as decideNow does', async () => {
    await fc.assert(
      fc.asyncProperty(rules, facts, fc.func(fc.boolean()), async (json, given, isLate) => {
        const all = compiled(...json);
        const asked: string[] = [];
        const provider = (name: string) => (): Value | undefined | Promise<Value | undefined> => {
          asked.push(name);
          const value = given[name];
          return isLate(name) ? Promise.resolve(value) : value;
        };
        const runner = createRuleInterface({
          terminal: { deviceId: 'till-1' },
          management: {
            rulesFor: (terminal, business) => ({ terminal, business, ruleSets: [], compiled: all }),
          },
          facts: Object.fromEntries(all.factNames.map((name) => [name, provider(name)])),
        });
        const decision = await runner.run('b', { at: day });
        expect(decision.toJSON()).toEqual(decide(all, given, day).toJSON());
        expect(asked).toEqual(decision.factsRead);
        expect(new Set(asked).size).toBe(asked.length);
      }),
      many,
    );
  });

  test('a fact that was not read cannot change the decision', () => {
    fc.assert(
      fc.property(rules, facts, facts, (json, given, others) => {
        const all = compiled(...json);
        const decision = decide(all, given, day);
        const read = new Set(decision.factsRead);
        const changed = (name: string): Value | undefined =>
          read.has(name) ? given[name] : others[name];
        expect(decideNow(all, changed, day).toJSON()).toEqual(decision.toJSON());
      }),
      many,
    );
  });

  test('no fact is asked for once those before it settle the answer', () => {
    fc.assert(
      fc.property(condition, facts, (when, given) => {
        const then = { outcome: 'not-applied' };
        const { factsRead } = decide(compiled(ruleJson({ when, then })), given, day);
        for (const count of factsRead.keys()) {
          const before = factsRead.slice(0, count);
          const known = Object.entries(given).filter(([name]) => before.includes(name));
          expect(interpret(when, Object.fromEntries(known))).toBeUndefined();
        }
      }),
      many,
    );
  });

  test('an answer that stands without a fact stands with any value of it', () => {
    fc.assert(
      fc.property(condition, facts, facts, (when, given, more) => {
        const all = compiled(ruleJson({ when }));
        const { outcome } = decide(all, given, day);
        fc.pre(outcome !== 'unknown');
        expect(decide(all, { ...more, ...given }, day).outcome).toBe(outcome);
      }),
      many,
    );
  });

  test('the trace tells of every rule the same as the decision', () => {
    fc.assert(
      fc.property(rules, facts, (json, given) => {
        const { trace, rule, outcome, unknowns } = decide(compiled(...json), given, day);
        const heads = trace.filter(({ path }) => path === '');
        if (rule !== null) expect(heads.at(-1)).toMatchObject({ rule, outcome });
        const unknownHeads = heads.filter((head) => head.outcome === 'unknown');
        expect(unknownHeads.map((head) => head.rule)).toEqual(unknowns.map((each) => each.rule));
        expect(trace.map(({ outcome: step }) => step)).not.toContain('pending');
      }),
      many,
    );
  });
});
