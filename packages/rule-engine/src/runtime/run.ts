import { boolValue, type Value } from '../language/value.ts';
import { conforms, typeName, type ValueType } from '../language/value-type.ts';
import type { CompiledRule } from './compile-rules.ts';
import { unknown, type Pending, type Unknown } from './unknown.ts';

/** A fact as it came: its value, why there is none, or undefined when it is simply not there. */
export type GivenFact = Value | Unknown | undefined;

/** The slot of a fact in a run. */
export type SlotOf = (name: string) => number;

/** Where expressions read facts from. */
export interface Facts {
  /** What came of each fact; undefined while nobody asked for it. */
  readonly slots: readonly (Value | Unknown | undefined)[];
  readonly slotOf: SlotOf;
  /** The names of the facts by slot. */
  readonly factNames: readonly string[];
}

/** The facts of one evaluation so far. Rules read them from here and from nowhere else. */
export interface Run extends Facts {
  readonly slots: (Value | Unknown | undefined)[];
  /** The names asked for, in order. */
  readonly reads: string[];
  /** The rule that is being asked: what it waits for can be planned. */
  asking: CompiledRule | null;
}

/** Begins an evaluation: nothing is known. */
export function startRun({ slotOf, factNames }: Omit<Facts, 'slots'>): Run {
  return { slots: [], slotOf, factNames, reads: [], asking: null };
}

/** Puts a fact that was waited for into the run. */
export function supply(
  run: Run,
  { fact, slot }: Pick<Pending, 'fact' | 'slot'>,
  given: GivenFact,
): void {
  run.slots[slot] = given ?? unknown('FACT_MISSING', `${fact} is missing`, fact);
  run.reads.push(fact);
}

/** The value of a fact as its set declares it, or the reason why there is none. */
export function typedFact(given: Value | Unknown, name: string, type: ValueType): Value | Unknown {
  if (given.kind === 'unknown') return given;
  if (conforms(given, type)) return given.kind === 'bool' ? boolValue(given.bool) : given;
  const message = `${name} is not a good ${typeName(type)}: found ${foundType(given)}`;
  return unknown('FACT_TYPE', message, name);
}

function foundType(value: Value): string {
  return value.kind === 'money' ? `money ${value.money.currency}` : value.kind;
}
