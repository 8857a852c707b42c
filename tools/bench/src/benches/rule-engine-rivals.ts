import { ZenEngine } from '@gorules/zen-engine';
import { parse } from '@marcbachmann/cel-js';
import { LogicEngine } from 'json-logic-engine';
import { Engine, type TopLevelCondition } from 'json-rules-engine';
import type { Line } from './rule-engine-load.ts';

/** One way to tell whether a condition holds for an input. */
export interface Rival {
  readonly name: string;
  readonly holds: (line: Line) => boolean | Promise<boolean>;
}

/** One way to find the rule that decides among many; null when none does. */
export interface ManyRival {
  readonly name: string;
  readonly find: (line: Line) => number | null | Promise<number | null>;
}

/** Amounts are whole cents for the rivals: none of them has money. */
const logic = {
  and: [
    { in: [{ var: 'country' }, ['DE', 'FR']] },
    { '>=': [{ var: 'cents' }, 2_000] },
    { '<': [{ var: 'cents' }, 50_000] },
    { or: [{ '==': [{ var: 'tier' }, 'gold'] }, { '>': [{ var: 'orders' }, 10] }] },
    { '!': { in: [{ var: 'sku' }, ['X1', 'X2']] } },
  ],
};
const cel =
  'country in ["DE", "FR"] && cents >= 2000 && cents < 50000 && ' +
  '(tier == "gold" || orders > 10) && !(sku in ["X1", "X2"])';
const jsonRule: TopLevelCondition = {
  all: [
    { fact: 'country', operator: 'in', value: ['DE', 'FR'] },
    { fact: 'cents', operator: 'greaterThanInclusive', value: 2_000 },
    { fact: 'cents', operator: 'lessThan', value: 50_000 },
    {
      any: [
        { fact: 'tier', operator: 'equal', value: 'gold' },
        { fact: 'orders', operator: 'greaterThan', value: 10 },
      ],
    },
    { fact: 'sku', operator: 'notIn', value: ['X1', 'X2'] },
  ],
};
const zen =
  'country in ["DE", "FR"] and cents >= 2000 and cents < 50000 and ' +
  '(tier == "gold" or orders > 10) and sku not in ["X1", "X2"]';

/** The same condition in each of the others, parsed or compiled once where they can. */
export function conditionRivals(): readonly Rival[] {
  const engine = new LogicEngine();
  const built = engine.build(logic) as (data: unknown) => unknown;
  const parsed = parse(cel);
  const rules = new Engine([{ conditions: jsonRule, event: { type: 'holds' } }]);
  const decision = new ZenEngine().createDecision(zenModel(zen));
  return [
    {
      name: 'json-logic-engine, build (evaluates text)',
      holds: ({ plain }) => built(plain) === true,
    },
    { name: 'json-logic-engine, run', holds: ({ plain }) => engine.run(logic, plain) === true },
    { name: 'cel-js, parsed once', holds: ({ cel: input }) => parsed(input) === true },
    {
      name: 'json-rules-engine',
      holds: async ({ plain }) => (await rules.run({ ...plain })).events.length > 0,
    },
    {
      name: 'zen-engine',
      holds: async ({ plain }) => {
        const { result } = (await decision.evaluate(plain)) as { result: { holds: boolean } };
        return result.holds;
      },
    },
  ];
}

function zenModel(expression: string): object {
  const node = (id: string, type: string, content?: object): object => ({
    id,
    type,
    name: id,
    position: { x: 0, y: 0 },
    ...(content === undefined ? {} : { content }),
  });
  const expressions = [{ id: 'e', key: 'holds', value: expression }];
  return {
    nodes: [
      node('in', 'inputNode'),
      node('work', 'expressionNode', { expressions }),
      node('out', 'outputNode'),
    ],
    edges: [
      { id: '1', sourceId: 'in', targetId: 'work', type: 'edge' },
      { id: '2', sourceId: 'work', targetId: 'out', type: 'edge' },
    ],
  };
}

/** The rules `sku == "S<n>" && cents >= <n modulo 1000>` in each of the others, made when asked. */
export function manyRivals(count: number): readonly (() => ManyRival)[] {
  const numbers = Array.from({ length: count }, (_, n) => n);
  return [jsonLogicRules, celRules, jsonRulesEngine].map((make) => () => make(numbers));
}

/** Of these every rule is asked until one holds. */
function jsonLogicRules(numbers: readonly number[]): ManyRival {
  const engine = new LogicEngine();
  const conditions = numbers.map((n) => ({
    and: [{ '==': [{ var: 'sku' }, `S${n}`] }, { '>=': [{ var: 'cents' }, n % 1_000] }],
  }));
  return {
    name: 'json-logic-engine, run',
    find: ({ plain }) => found(conditions.findIndex((rule) => engine.run(rule, plain) === true)),
  };
}

function celRules(numbers: readonly number[]): ManyRival {
  const conditions = numbers.map((n) => parse(`sku == "S${n}" && cents >= ${n % 1_000}`));
  return {
    name: 'cel-js, parsed once',
    find: ({ cel: input }) => found(conditions.findIndex((rule) => rule(input) === true)),
  };
}

function jsonRulesEngine(numbers: readonly number[]): ManyRival {
  const engine = new Engine(
    numbers.map((n) => ({
      conditions: {
        all: [
          { fact: 'sku', operator: 'equal', value: `S${n}` },
          { fact: 'cents', operator: 'greaterThanInclusive', value: n % 1_000 },
        ],
      },
      event: { type: 'holds', params: { n } },
    })),
  );
  return {
    name: 'json-rules-engine',
    find: async ({ plain }) => {
      const { events } = await engine.run({ ...plain });
      const n: unknown = events[0]?.params?.['n'];
      return typeof n === 'number' ? n : null;
    },
  };
}

function found(index: number): number | null {
  return index < 0 ? null : index;
}
