import type { Value } from '../language/value.ts';

/** Why an expression has no value. The codes are stable. */
export type UnknownCode =
  | 'FACT_MISSING'
  | 'FACT_FAILED'
  | 'FACT_TIMEOUT'
  | 'FACT_TYPE'
  | 'CURRENCY_MISMATCH'
  | 'SCALE_TOO_FINE'
  | 'RULE_FAILED'
  | 'BUDGET_EXCEEDED';

/** The third truth value, with its reason: what a rule gives when it cannot be told. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly code: UnknownCode;
  /** One sentence for people. */
  readonly message: string;
  /** The fact it comes from, where it comes from one. */
  readonly fact: string | null;
}

/** Not told yet: it hangs on a fact that nobody has asked for so far. */
export interface Pending {
  readonly kind: 'pending';
  readonly fact: string;
  /** Where a run keeps the fact. */
  readonly slot: number;
}

/** What evaluating an expression gives, as far as the facts are there. */
export type Outcome = Value | Unknown | Pending;

/** An unknown with its reason. */
export function unknown(code: UnknownCode, message: string, fact: string | null = null): Unknown {
  return Object.freeze({ kind: 'unknown', code, message, fact });
}

/** Tells a value from its absence. */
export function isValue(outcome: Outcome): outcome is Value {
  return outcome.kind !== 'unknown' && outcome.kind !== 'pending';
}

/** For people: the message of whatever was thrown. */
export function thrownMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The unknown that a fact becomes whose provider throws or rejects. */
export function factFailed(name: string, thrown: unknown): Unknown {
  return unknown('FACT_FAILED', `${name} failed: ${thrownMessage(thrown)}`, name);
}
