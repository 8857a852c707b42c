import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expectAnswer } from '@sluice/money';
import {
  acceptBundle,
  bundleText,
  compileRules,
  parseRuleSet,
  publishBundle,
  trustedKeyOf,
  type RuleSet,
  type SigningKey,
} from '@sluice/rule-engine';
import type { Bench, BenchContext, Row } from '../frame/bench.ts';
import {
  conditionLines,
  manyLines,
  manyRules,
  ourConditions,
  ourMany,
  type Line,
} from './rule-engine-load.ts';
import { conditionRivals, manyRivals, type ManyRival, type Rival } from './rule-engine-rivals.ts';

const key: SigningKey = { id: 'bench', secretKey: '7'.repeat(64) };
const terminal = { deviceId: 'till-1' };
const collect = collector();
const shortestStretchMs = 0.5;

/** Rules against those of other engines, on the same rules, inputs and answers. */
export const ruleEngine: Bench = {
  name: 'rule-engine',
  measures:
    'one condition of 6 clauses, 10,000 rules against one input, a bundle of 10,000 rules, bytes ' +
    'per rule, against json-rules-engine, json-logic-engine, cel-js and zen-engine',
  rounds: 3,
  servers: 'shared',
  async *run({ rounds, quick, note, progress }) {
    const count = quick ? 200 : 10_000;
    progress(`making ${count.toLocaleString('en')} rules`);
    const set = manyRules(count);
    const conditions = [...ourConditions(), ...conditionRivals()];
    const many = [...ourMany(set), ...manyRivals(count).map((make) => make())];
    const lines = manyLines(count);
    await agree(conditions, conditionLines(), (way, line) => way.holds(line));
    await agree(many, lines, (way, line) => way.find(line));
    tellNotes(note);
    for (let round = 0; round < rounds; round += 1) {
      yield [
        ...(await conditionRows(conditions, quick ? 1 : 150)),
        ...(await manyRows(many, lines, quick ? 1 : 300)),
        ...bundleRows(set),
        ...(await memoryRows(count)),
      ];
    }
  },
};

function tellNotes(note: BenchContext['note']): void {
  note('all engines give the same answers on every input; the others count whole cents');
  note(
    '10,000 rules: equality on one fact and a bound on another; five hits over the set, one miss',
  );
  note('Sluice finds rules by an index on equality clauses; decisions hold their explanation');
}

/** Each engine gives the same answer on each input, or the figures would mean nothing. */
async function agree<W extends { readonly name: string }, A>(
  ways: readonly W[],
  lines: readonly Line[],
  ask: (way: W, line: Line) => A | Promise<A>,
): Promise<void> {
  for (const line of lines) {
    const answers = await Promise.all(ways.map((way) => ask(way, line)));
    const other = ways[answers.findIndex((answer) => answer !== answers[0])];
    if (other !== undefined) throw new Error(`${other.name} gives another answer than the first`);
  }
}

async function conditionRows(ways: readonly Rival[], ms: number): Promise<readonly Row[]> {
  const lines = conditionLines();
  const rows: Row[] = [];
  for (const { name, holds } of ways) {
    const value = await nanoseconds(lines, holds, ms);
    rows.push({
      name: `condition: ${name}`,
      value,
      unit: 'ns',
      ratioTo: 'condition: Sluice alone',
    });
  }
  return rows.map(withoutOwnRatio);
}

async function manyRows(
  ways: readonly ManyRival[],
  lines: readonly Line[],
  ms: number,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, find } of ways) {
    const value = (await nanoseconds(lines, find, ms)) / 1_000_000;
    rows.push({
      name: `10,000 rules: ${name}`,
      value,
      unit: 'ms',
      ratioTo: '10,000 rules: Sluice, indexed',
    });
  }
  return rows.map(withoutOwnRatio);
}

function withoutOwnRatio({ name, value, unit, ratioTo }: Row): Row {
  return name === ratioTo || ratioTo === undefined
    ? { name, value, unit }
    : { name, value, unit, ratioTo };
}

/**
 * What one call takes: the best of many stretches, so that other work does not count. A stretch is
 * as short as the clock allows, for other work comes between long ones always.
 */
async function nanoseconds(
  lines: readonly Line[],
  ask: (line: Line) => unknown,
  ms: number,
): Promise<number> {
  let best = Infinity;
  let spent = 0;
  let repeats = 1;
  while (spent < ms) {
    const started = performance.now();
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const line of lines) {
        const answer = ask(line);
        if (answer instanceof Promise) await answer;
      }
    }
    const took = performance.now() - started;
    spent += took;
    best = Math.min(best, (took * 1_000_000) / (repeats * lines.length));
    if (took < shortestStretchMs) repeats *= 2;
  }
  return best;
}

function bundleRows(set: RuleSet): readonly Row[] {
  const parts = { terminal, version: 1, expiresAt: '2099-01-01T00:00:00Z', ruleSets: [set] };
  const text = bundleText(publishBundle(parts, [key]));
  const check = {
    terminal,
    keys: [trustedKeyOf(key)],
    now: '2017-07-03T00:00:00Z',
    installed: null,
  };
  const started = performance.now();
  const accepted = expectAnswer(acceptBundle(text, check));
  const verified = performance.now();
  for (const content of Object.values(accepted.contents)) {
    compileRules(expectAnswer(parseRuleSet(content)), 'b');
  }
  const loaded = performance.now();
  return [
    { name: 'bundle: verify', value: verified - started, unit: 'ms' },
    { name: 'bundle: parse and compile', value: loaded - verified, unit: 'ms' },
    { name: 'bundle: size', value: text.length / set.rules.length, unit: 'bytes/rule' },
  ];
}

async function memoryRows(count: number): Promise<readonly Row[]> {
  const names = ['json-logic-engine', 'cel-js', 'json-rules-engine'];
  const makers: readonly (readonly [string, () => unknown])[] = [
    ['Sluice, indexed', () => compileRules(manyRules(count), 'b')],
    ...manyRivals(count).map((make, index) => [names[index] ?? '', make] as const),
  ];
  const rows: Row[] = [];
  for (const [name, make] of makers) {
    const value = Math.max(1, (await heldBy(make)) / count);
    rows.push({
      name: `memory: ${name}`,
      value,
      unit: 'bytes/rule',
      ratioTo: 'memory: Sluice, indexed',
    });
  }
  return rows.map(withoutOwnRatio);
}

async function heldBy(make: () => unknown): Promise<number> {
  await collect();
  const before = process.memoryUsage().heapUsed;
  const held = [make()];
  await collect();
  const bytes = process.memoryUsage().heapUsed - before;
  if (held.length !== 1) throw new Error('what is measured must be held');
  return bytes;
}

function collector(): () => Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  return async () => {
    gc();
    // Weak references and finalizers are done with after a turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  };
}
