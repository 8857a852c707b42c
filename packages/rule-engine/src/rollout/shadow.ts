import { money, toWire, type WireMoney } from '@sluice/money';
import type { Value } from '../language/value.ts';
import type { CompiledRules } from '../runtime/compile-rules.ts';
import { decideNow } from '../runtime/decide.ts';
import type { Decision } from '../runtime/decision.ts';

/** Both answers to one request: the live one counts, the draft's is only looked at. */
export interface Shadowed {
  readonly live: Decision;
  readonly draft: Decision;
  /** Whether outcome or value differ. */
  readonly differs: boolean;
}

/** Decides by the live rules and, beside them, by a draft; each fact is asked for once. */
export function decideWithShadow(
  rules: { readonly live: CompiledRules; readonly draft: CompiledRules },
  facts: (name: string) => Value | undefined,
  at: string,
): Shadowed {
  const asked = new Map<string, Value | undefined>();
  const once = (name: string): Value | undefined => {
    if (!asked.has(name)) asked.set(name, facts(name));
    return asked.get(name);
  };
  const live = decideNow(rules.live, once, at);
  const draft = decideNow(rules.draft, once, at);
  return { live, draft, differs: answerOf(live) !== answerOf(draft) };
}

function answerOf({ outcome, value }: Decision): string {
  if (value?.kind === 'money') return `${outcome} ${value.money.minor} ${value.money.currency}`;
  return `${outcome} ${value === null ? '' : JSON.stringify(value, exactly)}`;
}

function exactly(_key: string, part: unknown): unknown {
  return typeof part === 'bigint' ? part.toString() : part;
}

/** What a draft did beside the live rules; plain JSON. */
export interface ShadowReport {
  readonly runs: number;
  readonly disagreements: number;
  /** Runs in which the draft could not be told, though the live rules could. */
  readonly failures: number;
  /** What the draft would have given more, by currency; less is below zero. */
  readonly difference: readonly WireMoney[];
  /** The same without sign: more here does not hide less there. */
  readonly moved: readonly WireMoney[];
}

/** Counts what a draft did. */
export class ShadowTally {
  #runs = 0;
  #disagreements = 0;
  #failures = 0;
  readonly #difference = new Map<string, bigint>();
  readonly #moved = new Map<string, bigint>();

  /** Counts one request. */
  add({ live, draft, differs }: Shadowed): void {
    this.#runs += 1;
    if (!differs) return;
    this.#disagreements += 1;
    if (draft.outcome === 'unknown') this.#failures += 1;
    const given = new Map<string, bigint>();
    addTo(given, draft, 1n);
    addTo(given, live, -1n);
    for (const [currency, minor] of given) {
      const moved = minor < 0n ? -minor : minor;
      this.#difference.set(currency, (this.#difference.get(currency) ?? 0n) + minor);
      this.#moved.set(currency, (this.#moved.get(currency) ?? 0n) + moved);
    }
  }

  /** What was counted so far. */
  report(): ShadowReport {
    const wire = (sums: ReadonlyMap<string, bigint>): readonly WireMoney[] =>
      [...sums]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([currency, minor]) => toWire(money(minor, currency)));
    return {
      runs: this.#runs,
      disagreements: this.#disagreements,
      failures: this.#failures,
      difference: wire(this.#difference),
      moved: wire(this.#moved),
    };
  }
}

function addTo(given: Map<string, bigint>, { value }: Decision, sign: bigint): void {
  if (value?.kind !== 'money') return;
  const { minor, currency } = value.money;
  given.set(currency, (given.get(currency) ?? 0n) + sign * minor);
}
