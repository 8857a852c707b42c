import { describe, expect, test } from 'vitest';
import {
  compiled,
  day,
  fact,
  faultsOf,
  goodSet,
  ruleJson,
  setJson,
  usd,
  type Json,
} from '../../test/support.ts';
import { decide, integerValue, limits, listValue, textValue, type Decision } from '../index.ts';
import { deciding } from './decide.ts';
import { startRun, supply } from './run.ts';

const inTags = { in: [fact('t'), fact('tags')] };

function decideWithin(
  rules: readonly Json[],
  budget: { stepsPerRule: number; stepsPerRun: number },
): Decision {
  const all = compiled(...rules);
  const run = startRun(all);
  const steps = deciding(all, day, run, budget);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    const { fact: name } = step.value;
    const values = { t: textValue('a'), tags: listValue([textValue('b')]), n: integerValue(1n) };
    supply(run, step.value, values[name as keyof typeof values]);
  }
}

describe('the cost of a rule', () => {
  test('is bounded when it is loaded, lists of facts at their longest', () => {
    const or = Array.from({ length: 50 }, () => inTags);
    expect(faultsOf(setJson([ruleJson({ when: { or } })]))).toEqual([
      'rules[0]: expected a rule of at most 1000000 steps, found 1000152: shorten its lists',
    ]);
    expect(faultsOf(setJson([ruleJson({ when: { or: or.slice(1) } })]))).toEqual([]);
  });

  test('counts the items of the lists that are written in it', () => {
    const list = Array.from({ length: 10_000 }, (_, n) => ({ integer: `${n}` }));
    const or = Array.from({ length: 60 }, () => ({ in: [fact('n'), { list }] }));
    expect(faultsOf(setJson([ruleJson({ when: { or } })]))).toHaveLength(1);
  });

  test('lets the dearest rule that is let in end at once', () => {
    const or = Array.from({ length: 49 }, () => inTags);
    const tags = listValue(Array.from({ length: limits.listItems }, (_, n) => textValue(`${n}`)));
    const decision = decide(compiled(ruleJson({ when: { or } })), { t: textValue('a'), tags }, day);
    expect(decision.outcome).toBe('not-applied');
  });
});

describe('the budget of a run', () => {
  const dear = ruleJson({ id: 'dear', when: inTags });
  const cheap = ruleJson({ id: 'cheap', then: { outcome: 'applied', value: usd('1.00') } });

  test('fences off the rule that exceeds its own, and the others run', () => {
    const decision = decideWithin([dear, cheap], { stepsPerRule: 30_000, stepsPerRun: 1e9 });
    expect(decision).toMatchObject({ outcome: 'applied', rule: { id: 'cheap' } });
    expect(decision.unknowns).toMatchObject([
      {
        rule: { id: 'dear' },
        reason: {
          code: 'BUDGET_EXCEEDED',
          message: 'the rule would take more than 30000 steps',
        },
      },
    ]);
    expect(decision.trace[0]).toMatchObject({ outcome: 'unknown', node: 'rule' });
  });

  test('lets a rule take its last step, and the run its own', () => {
    const { steps } = goodSet(setJson([cheap])).rules[0]!;
    const within = (stepsPerRule: number, stepsPerRun: number): string =>
      decideWithin([cheap], { stepsPerRule, stepsPerRun }).outcome;
    expect(within(steps, steps)).toBe('applied');
    expect([within(steps - 1, steps), within(steps, steps - 1)]).toEqual(['unknown', 'unknown']);
  });

  test('fences off what the whole run cannot pay for, and cheaper rules still run', () => {
    const decision = decideWithin(
      [dear, dear, cheap].map((rule, n) => ({ ...rule, id: `${n}` })),
      {
        stepsPerRule: 1e9,
        stepsPerRun: 70_000,
      },
    );
    expect(decision.rule?.id).toBe('2');
    expect(decision.unknowns.map(({ rule, reason }) => [rule.id, reason.message])).toEqual([
      ['1', 'the run would take more than 70000 steps'],
    ]);
  });
});
