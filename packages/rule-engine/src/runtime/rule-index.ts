import type { Expression } from '../language/expression.ts';
import { conforms, type ScalarType, type ValueType } from '../language/value-type.ts';
import type { Value } from '../language/value.ts';
import type { CompiledRule } from './compile-rules.ts';
import type { Run, SlotOf } from './run.ts';
import type { Unknown } from './unknown.ts';

/** Below this many rules, asking each is as quick as looking them up. */
const fewestRules = 16;
/** A longer list would fill too many drawers for what it spares. */
const mostKeys = 100;

/**
 * Finds, among many rules, those that an input could match: a rule whose condition demands that a
 * fact be one of a few values stands in the drawer of each of them. It is passed over only when its
 * fact is **known already** and is another value, that is, when asking it would give "does not
 * hold" without a further fact. So the decision is the very same as without the index.
 */
export interface RuleIndex {
  /** The rules to ask, in their order; looks at the facts of the run as they come. */
  readonly candidates: (run: Run) => Iterable<CompiledRule>;
}

/** One demand of a rule: its fact must be one of these. */
interface Demand {
  readonly slot: number;
  readonly type: ScalarType;
  readonly keys: readonly string[];
}

/** The rules that demand something of one fact, by the value they demand. */
interface Drawers {
  readonly slot: number;
  readonly type: ScalarType;
  /** The positions of these rules, closed by Infinity. */
  readonly all: readonly number[];
  /** The positions in each drawer, one drawer after the other, each closed by Infinity. */
  readonly positions: readonly number[];
  /** Where the drawer of a value begins. */
  readonly byKey: ReadonlyMap<string, number>;
}

interface Filling extends Pick<Drawers, 'slot' | 'type'> {
  readonly all: number[];
  readonly byKey: Map<string, number[]>;
}

/** Makes the index; null when there are few rules, or none of them demands a value. */
export function indexRules(rules: readonly CompiledRule[], slotOf: SlotOf): RuleIndex | null {
  if (rules.length < fewestRules) return null;
  const demands = rules.map(({ rule }) => demandsOf(rule.when, slotOf));
  const spread = countKeys(demands.flat());
  const filling = new Map<string, Filling>();
  const others: number[] = [];
  for (const [position, ofRule] of demands.entries()) {
    const [first, ...more] = ofRule;
    if (first === undefined) {
      others.push(position);
      continue;
    }
    const widest = (best: Demand, demand: Demand): Demand =>
      keysOf(spread, demand) > keysOf(spread, best) ? demand : best;
    put(filling, more.reduce(widest, first), position);
  }
  if (filling.size === 0) return null;
  const sources = [...filling.values()].map(close);
  others.push(Infinity);
  return { candidates: (run) => candidates(rules, sources, others, run) };
}

function groupOf({ slot, type }: Demand): string {
  return `${slot} ${type.kind}${type.kind === 'money' ? (type.currency ?? '') : ''}`;
}

function countKeys(demands: readonly Demand[]): ReadonlyMap<string, ReadonlySet<string>> {
  const spread = new Map<string, Set<string>>();
  for (const demand of demands) {
    const keys = spread.get(groupOf(demand)) ?? new Set();
    for (const key of demand.keys) keys.add(key);
    spread.set(groupOf(demand), keys);
  }
  return spread;
}

function keysOf(spread: ReadonlyMap<string, ReadonlySet<string>>, demand: Demand): number {
  return spread.get(groupOf(demand))?.size ?? 0;
}

function put(all: Map<string, Filling>, demand: Demand, position: number): void {
  const { slot, type, keys } = demand;
  const empty: Filling = { slot, type, all: [], byKey: new Map() };
  const drawers = all.get(groupOf(demand)) ?? empty;
  all.set(groupOf(demand), drawers);
  drawers.all.push(position);
  for (const key of new Set(keys)) {
    const drawer = drawers.byKey.get(key);
    if (drawer === undefined) drawers.byKey.set(key, [position]);
    else drawer.push(position);
  }
}

/** A list for each value would take several times the room of what is in it. */
function close({ slot, type, all, byKey }: Filling): Drawers {
  const positions: number[] = [];
  const begins = new Map<string, number>();
  for (const [key, ofKey] of byKey) {
    begins.set(key, positions.length);
    for (const position of ofKey) positions.push(position);
    positions.push(Infinity);
  }
  return { slot, type, all: [...all, Infinity], positions, byKey: begins };
}

function demandsOf(node: Expression, slotOf: SlotOf): readonly Demand[] {
  if (node.kind !== 'operation') return [];
  if (node.op === 'and') return node.args.flatMap((arg) => demandsOf(arg, slotOf));
  if (node.op !== 'eq' && node.op !== 'in') return [];
  const [left, right] = node.args;
  const [fact, literal] = left?.kind === 'fact' ? [left, right] : [right, left];
  if (fact?.kind !== 'fact' || literal?.kind !== 'literal' || fact.type.kind === 'list') return [];
  const { value } = literal;
  const values = value.kind === 'list' ? value.items : [value];
  const keys = values.map((each) => keyOf(each, fact.type)).filter((key) => key !== null);
  if (keys.length < values.length || keys.length > mostKeys) return [];
  return [{ slot: slotOf(fact.name), type: fact.type, keys }];
}

/** Null for values that must be compared: decimals, and money whose currency is left open. */
function keyOf(value: Value, type: ValueType): string | null {
  switch (value.kind) {
    case 'bool':
      return String(value.bool);
    case 'text':
      return value.text;
    case 'integer':
      return value.integer.toString();
    case 'money':
      if (type.kind !== 'money' || type.currency !== value.money.currency) return null;
      return value.money.minor.toString();
    case 'decimal':
    case 'list':
      return null;
  }
}

const nothing: readonly number[] = [Infinity];

/** Reads one list of positions forwards; moves to the right drawer once the fact is there. */
class Cursor {
  readonly #drawers: Drawers | null;
  #list: readonly number[];
  #isSettled: boolean;
  #place = 0;

  constructor(drawers: Drawers | null, list: readonly number[]) {
    this.#drawers = drawers;
    this.#list = list;
    this.#isSettled = drawers === null;
  }

  /** The first position after one, or Infinity. */
  next(after: number, run: Run): number {
    if (!this.#isSettled && this.#drawers !== null) this.#settle(this.#drawers, run);
    while ((this.#list[this.#place] ?? Infinity) <= after) this.#place += 1;
    return this.#list[this.#place] ?? Infinity;
  }

  #settle({ slot, type, positions, byKey }: Drawers, run: Run): void {
    const given = run.slots[slot];
    if (given === undefined) return;
    this.#isSettled = true;
    const key = safeKey(given, type);
    if (key === null) return;
    const begin = byKey.get(key);
    this.#list = begin === undefined ? nothing : positions;
    this.#place = begin ?? 0;
  }
}

/** A value that misbehaves when it is read is left to the rules, which fence it off. */
function safeKey(given: Value | Unknown, type: ScalarType): string | null {
  try {
    if (given.kind === 'unknown') return null;
    return conforms(given, type) ? keyOf(given, type) : null;
  } catch {
    return null;
  }
}

function* candidates(
  rules: readonly CompiledRule[],
  drawers: readonly Drawers[],
  others: readonly number[],
  run: Run,
): Generator<CompiledRule> {
  const cursors = drawers.map((each) => new Cursor(each, each.all));
  if (others.length > 1) cursors.push(new Cursor(null, others));
  let position = -1;
  for (;;) {
    let next = Infinity;
    for (const cursor of cursors) next = Math.min(next, cursor.next(position, run));
    const rule = rules[next];
    if (rule === undefined) return;
    yield rule;
    position = next;
  }
}
