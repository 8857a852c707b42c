import { suggestionsOf, type Suggestion } from '../analysis/suggestions.ts';
import { valueToJson } from '../language/literal.ts';
import type { Value } from '../language/value.ts';
import type { CompiledRules, RuleReference } from './compile-rules.ts';
import type { Run } from './run.ts';
import { traceRun, type TraceLine } from './trace.ts';
import type { Unknown } from './unknown.ts';

/** A rule that could not be told, and why: a fact is missing, two currencies met, it failed. */
export interface UnknownRule {
  readonly rule: RuleReference;
  readonly reason: Unknown;
}

/** The answer of a business's rules, with everything needed to explain it. */
export interface Decision {
  readonly business: string;
  /** `unknown`: no rule applied, and at least one could not be told. */
  readonly outcome: 'applied' | 'not-applied' | 'unknown';
  /** The value of the rule that applied, such as the money of a discount. */
  readonly value: Value | null;
  /** The rule that decided; null when none did. */
  readonly rule: RuleReference | null;
  /** The rules that were asked before the decision and could not be told. */
  readonly unknowns: readonly UnknownRule[];
  /** Every rule asked and every node visited; made when it is first read. */
  readonly trace: readonly TraceLine[];
  /** The facts that were asked for, in order. */
  readonly factsRead: readonly string[];
  /** What would have to change for a rule that said no; empty when one applied. Made when read. */
  readonly suggestions: readonly Suggestion[];
  /** The whole decision as plain JSON, trace included, for records and messages. */
  toJSON(): DecisionJson;
}

/** A decision as plain JSON. */
export interface DecisionJson extends Omit<Decision, 'value' | 'suggestions' | 'toJSON'> {
  readonly value: Readonly<Record<string, unknown>> | null;
}

/** What the rules said. */
export type Said = Pick<Decision, 'outcome' | 'value' | 'rule' | 'unknowns'>;

/**
 * A decision that keeps the facts it read, not its trace: evaluation is pure, so the trace is made
 * by running the same rules on the same facts again, and costs nothing until somebody reads it.
 */
export class MadeDecision implements Decision {
  readonly outcome: Decision['outcome'];
  readonly value: Value | null;
  readonly rule: RuleReference | null;
  readonly unknowns: readonly UnknownRule[];
  readonly #compiled: CompiledRules;
  readonly #run: Run;
  readonly #at: string;
  #trace: readonly TraceLine[] | undefined;

  constructor(said: Said, compiled: CompiledRules, run: Run, at: string) {
    this.outcome = said.outcome;
    this.value = said.value;
    this.rule = said.rule;
    this.unknowns = said.unknowns;
    this.#compiled = compiled;
    this.#run = run;
    this.#at = at;
  }

  get business(): string {
    return this.#compiled.business;
  }

  get trace(): readonly TraceLine[] {
    this.#trace ??= traceRun(this.#compiled, this.#run, this.#at, this.unknowns);
    return this.#trace;
  }

  get factsRead(): readonly string[] {
    return this.#run.reads;
  }

  get suggestions(): readonly Suggestion[] {
    if (this.outcome === 'applied') return [];
    return suggestionsOf(this.#compiled, this.#run, this.#at, this.rule);
  }

  toJSON(): DecisionJson {
    const { business, outcome, rule, unknowns, trace, factsRead } = this;
    const value = this.value === null ? null : valueToJson(this.value);
    return { business, outcome, value, rule, unknowns, trace, factsRead };
  }
}
