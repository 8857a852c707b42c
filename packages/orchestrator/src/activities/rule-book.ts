import type { Json, Queryable } from '@sluice/database';
import { expectAnswer, refuse, UnexpectedRefusalError, type Refusal } from '@sluice/money';
import { parseRuleSet, type RuleSet } from '@sluice/rule-engine';
import {
  readRuleSets,
  readVersionsInForce,
  type PublishedRuleSet,
  type RuleSetInForce,
} from '@sluice/rulebook';
import {
  compileDiscounts,
  undecidedKind,
  type DiscountKind,
  type DiscountRules,
} from './discount-rules.ts';
import { compareRollouts, type ComparedRules } from './rule-rollout-compare.ts';

/** A published version takes effect on running workers within this time. */
const freshMs = 1_000;

/** What a rule book is of. */
export interface RuleBookParts {
  /** Whose layer of rules applies above the base. */
  readonly institution: string;
  readonly discounts: readonly DiscountKind[];
}

/** Keeps the rules in force at hand, compiled: a chunk decides a thousand redemptions by them. */
export class RuleBook {
  readonly #parts: RuleBookParts;
  #loaded = '';
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #discounts: readonly DiscountRules[] = [];
  #rollouts: readonly ComparedRules[] = [];

  constructor(parts: RuleBookParts) {
    this.#parts = parts;
  }

  /**
   * To be called by each step before it decides.
   *
   * @throws UnexpectedRefusalError `RULES_NOT_PUBLISHED` while a discount has no rule: nothing is
   *   decided then, and the step is tried again.
   */
  async refresh(queryable: Queryable): Promise<void> {
    if (Date.now() - this.#loadedAtMs < freshMs) return;
    const loadedAtMs = Date.now();
    const names = await readVersionsInForce(queryable);
    const loaded = names.map(nameOf).join(' ');
    if (loaded !== this.#loaded || this.#discounts.length === 0) {
      await this.#load(queryable, names);
      this.#loaded = loaded;
    }
    this.#loadedAtMs = loadedAtMs;
  }

  /** The rules in force, as of the last refresh. */
  get discounts(): readonly DiscountRules[] {
    return this.#discounts;
  }

  /** The rollouts under way, to be compared with what was before them; mostly none. */
  get rollouts(): readonly ComparedRules[] {
    return this.#rollouts;
  }

  async #load(queryable: Queryable, names: readonly RuleSetInForce[]): Promise<void> {
    const published = await readRuleSets(queryable, names);
    const ruleSets = published.filter((set) => isOurs(set, this.#parts)).map(parsed);
    const discounts = this.#compile(ruleSets);
    this.#rollouts = await compareRollouts(queryable, { names, ruleSets, discounts });
    this.#discounts = discounts;
  }

  #compile(ruleSets: readonly RuleSet[]): readonly DiscountRules[] {
    const compiled = compileDiscounts(this.#parts.discounts, ruleSets);
    const undecided = undecidedKind(compiled);
    if (undecided !== undefined) throw new UnexpectedRefusalError(notPublished(undecided));
    return compiled;
  }
}

/** Whether the server decides by a set: those for single users and devices are for the tills. */
export function isOurs(
  { layer, scopeId }: Pick<PublishedRuleSet, 'layer' | 'scopeId'>,
  { institution }: Pick<RuleBookParts, 'institution'>,
): boolean {
  return layer === 'base' || (layer === 'institution' && scopeId === institution);
}

function nameOf({ setId, version, rollout }: RuleSetInForce): string {
  const beside = rollout === null ? '' : `~${rollout.rolloutId}:${rollout.step}`;
  return `${setId}@${version}${beside}`;
}

function parsed({ content }: { readonly content: Json }): RuleSet {
  return expectAnswer(parseRuleSet(content));
}

function notPublished({ kind, business }: DiscountKind): Refusal {
  return refuse(
    'RULES_NOT_PUBLISHED',
    `the ${kind} discount is decided by "${business}", for which no published rule set has a ` +
      'rule: publish one',
    { kind, business },
  );
}
