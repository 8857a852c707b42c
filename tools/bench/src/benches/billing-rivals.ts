import { ZenEngine } from '@gorules/zen-engine';
import { Engine } from 'json-rules-engine';
import { placesOf, type Probe, type Shape } from './billing-table.ts';

/** Another way to find the price in the same table; gives the index of the cell. */
export interface Rival {
  readonly name: string;
  /** Null for an engine that only answers by promises: those are waited for one by one. */
  readonly find: ((probe: Probe) => number) | null;
  readonly ask: (probe: Probe) => number | Promise<number>;
  readonly close: () => void;
}

/** A way that answers at once. */
function direct(name: string, find: (probe: Probe) => number): Rival {
  return { name, find, ask: find, close: nothing };
}

interface RuleRow {
  readonly bounds: readonly { readonly from: number; readonly to: number }[];
  readonly index: number;
}

function rowsOf({ dimensions, intervals }: Shape): readonly RuleRow[] {
  return Array.from({ length: intervals ** dimensions }, (_, index) => ({
    index,
    bounds: placesOf(index, dimensions, intervals).map((place) => ({
      from: place * 100,
      to: place * 100 + 100,
    })),
  }));
}

const nothing = (): void => undefined;

/** Looks at one row after the other. */
export function linearScan(shape: Shape): Rival {
  const rows = rowsOf(shape);
  return direct(
    'linear scan',
    ({ cents }) =>
      rows.find(({ bounds }) =>
        bounds.every(({ from, to }, place) => {
          const cent = cents[place] ?? -1;
          return from <= cent && cent < to;
        }),
      )?.index ?? -1,
  );
}

/** A scan of each dimension and the numbers as one string: the patent's key as it stands. */
export function stringKey({ dimensions, intervals }: Shape): Rival {
  const bounds = Array.from({ length: intervals }, (_, place) => place * 100 + 100);
  const cells = new Map(
    Array.from({ length: intervals ** dimensions }, (_, index) => [
      placesOf(index, dimensions, intervals)
        .map((place) => place + 1)
        .join('-'),
      index,
    ]),
  );
  return direct('scan of each dimension, string key', ({ cents }) => {
    const key = cents.map((cent) => bounds.findIndex((to) => cent < to) + 1).join('-');
    return cells.get(key) ?? -1;
  });
}

/** The same table as rules of json-rules-engine. */
export function jsonRulesEngine(shape: Shape): Rival {
  const engine = new Engine();
  for (const { bounds, index } of rowsOf(shape)) {
    const all = bounds.flatMap(({ from, to }, place) => [
      { fact: `d${place}`, operator: 'greaterThanInclusive', value: from },
      { fact: `d${place}`, operator: 'lessThan', value: to },
    ]);
    engine.addRule({ conditions: { all }, event: { type: 'price', params: { index } } });
  }
  return {
    name: 'json-rules-engine',
    find: null,
    async ask({ cents }) {
      const { events } = await engine.run(
        Object.fromEntries(cents.map((cent, place) => [`d${place}`, cent])),
      );
      return Number(events[0]?.params?.['index'] ?? -1);
    },
    close: nothing,
  };
}

/** The same table as a decision table of zen-engine. */
export function zenEngine(shape: Shape): Rival {
  const engine = new ZenEngine();
  const names = Array.from({ length: shape.dimensions }, (_, place) => `d${place}`);
  const content = {
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', content: {} },
      {
        id: 'table',
        type: 'decisionTableNode',
        name: 'table',
        content: {
          hitPolicy: 'first',
          inputs: names.map((name) => ({ id: name, name, field: name })),
          outputs: [{ id: 'index', name: 'index', field: 'index' }],
          rules: rowsOf(shape).map(({ bounds, index }) => ({
            _id: `r${index}`,
            ...Object.fromEntries(
              bounds.map(({ from, to }, place) => [`d${place}`, `[${from}..${to})`]),
            ),
            index: String(index),
          })),
        },
      },
      { id: 'out', type: 'outputNode', name: 'out', content: {} },
    ],
    edges: [
      { id: 'first', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'second', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  };
  const decision = engine.createDecision(Buffer.from(JSON.stringify(content)));
  return {
    name: 'zen-engine',
    find: null,
    async ask({ cents }) {
      const { result } = (await decision.evaluate(
        Object.fromEntries(cents.map((cent, place) => [`d${place}`, cent])),
      )) as { readonly result: { readonly index?: number } };
      return result.index ?? -1;
    },
    close() {
      engine.dispose();
    },
  };
}
