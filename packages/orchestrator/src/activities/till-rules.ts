import type { Queryable } from '@sluice/database';
import { expectAnswer, isRefusal, refuse, type Refusal } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import { parseRuleSet } from '@sluice/rule-engine';
import { readRuleSets, type PublishedRuleSet } from '@sluice/rulebook';
import { readTillDecision, type TillDecision, type TillRuleSet } from '../till-decision.ts';
import { compileDiscounts, type DiscountRules } from './discount-rules.ts';
import { dayOf } from './price-redemption.ts';
import type { RuleBookParts } from './rule-book.ts';

/** A till's decision with the very rules that it was made by. */
export interface TillRun {
  readonly decision: TillDecision;
  readonly discounts: readonly DiscountRules[];
}

/** By redemption id: the run, or why there is none; nothing for a redemption of no till. */
export type TillRuns = ReadonlyMap<string, TillRun | Refusal>;

/** Rule sets that a till named together. */
interface Named {
  readonly published: readonly PublishedRuleSet[];
  readonly discounts: readonly DiscountRules[];
}

/** So many are kept compiled: tills of one day have the same few. */
const maxKept = 100;

/**
 * Finds the published rules that tills decided by. A published version never changes, so what is
 * compiled once stays right.
 */
export class TillRules {
  readonly #parts: RuleBookParts;
  readonly #kept = new Map<string, Named>();

  constructor(parts: RuleBookParts) {
    this.#parts = parts;
  }

  /**
   * Reads the tills' decisions of redemptions and loads the rules that they name, in one statement,
   * or none when all of them are at hand.
   *
   * A refusal is `TILL_DECISION_INVALID` (unreadable, or of another day than the redemption) or
   * `TILL_RULES_UNKNOWN` (never published, or not for this till, user and institution).
   */
  async forRedemptions(
    queryable: Queryable,
    redemptions: readonly Redemption[],
  ): Promise<TillRuns> {
    // Tills decide alike many times a day: three of four texts in a chunk were read before.
    const read = new Map<string, TillDecision | Refusal>();
    const came = redemptions.flatMap((redemption) => {
      const { tillDecision: text } = redemption;
      if (text === null) return [];
      const decision = read.get(text) ?? readTillDecision(text);
      read.set(text, decision);
      return [{ redemption, decision: ofItsDay(redemption, decision) }];
    });
    const decisions = [...read.values()].flatMap((one) => (isRefusal(one) ? [] : [one]));
    const named = await this.#find(queryable, decisions);
    return new Map(
      came.map(({ redemption, decision }) => [
        redemption.id,
        isRefusal(decision) ? decision : this.#runOf(redemption, decision, named),
      ]),
    );
  }

  async #find(
    queryable: Queryable,
    decisions: readonly TillDecision[],
  ): Promise<ReadonlyMap<string, Named>> {
    const found = new Map<string, Named>();
    const wanted = new Map<string, readonly TillRuleSet[]>();
    for (const { ruleSets } of decisions) {
      const key = keyOf(ruleSets);
      const kept = this.#kept.get(key);
      if (kept === undefined) wanted.set(key, ruleSets);
      else found.set(key, kept);
    }
    if (wanted.size === 0) return found;
    const published = await readPublished(queryable, [...wanted.values()].flat());
    for (const [key, names] of wanted) {
      const sets = names.flatMap((name) => published.get(nameOf(name)) ?? []);
      const isWhole = sets.length === names.length;
      const named = { published: sets, discounts: isWhole ? this.#compile(sets) : [] };
      found.set(key, named);
      // What is missing today may be published tomorrow.
      if (isWhole) this.#keep(key, named);
    }
    return found;
  }

  #compile(published: readonly PublishedRuleSet[]): readonly DiscountRules[] {
    const ruleSets = published.map(({ content }) => expectAnswer(parseRuleSet(content)));
    return compileDiscounts(this.#parts.discounts, ruleSets);
  }

  #keep(key: string, named: Named): void {
    if (this.#kept.size >= maxKept) this.#kept.clear();
    this.#kept.set(key, named);
  }

  #runOf(
    redemption: Redemption,
    decision: TillDecision,
    found: ReadonlyMap<string, Named>,
  ): TillRun | Refusal {
    const named = found.get(keyOf(decision.ruleSets));
    if (named === undefined) throw new Error('the rules of a till were not looked for');
    const { published, discounts } = named;
    const foreign = published.filter((set) => !this.#isFor(set, redemption, decision));
    const missing = decision.ruleSets.length - published.length;
    if (missing + foreign.length === 0) return { decision, discounts };
    const names = new Set(published.map(({ setId }) => setId));
    return rulesUnknown(redemption, [
      ...decision.ruleSets
        .filter(({ id }) => !names.has(id))
        .map((name) => `${nameOf(name)} was never published`),
      ...foreign.map(({ setId, version, layer, scopeId }) => {
        return `${setId}@${version} is for ${layer} ${scopeId ?? ''}`;
      }),
    ]);
  }

  #isFor(
    { layer, scopeId }: PublishedRuleSet,
    { userId }: Redemption,
    { device }: TillDecision,
  ): boolean {
    const { institution } = this.#parts;
    return scopeId === { base: null, institution, user: userId, device: device ?? '' }[layer];
  }
}

function ofItsDay(
  redemption: Redemption,
  decision: TillDecision | Refusal,
): TillDecision | Refusal {
  if (isRefusal(decision)) {
    const { code, message, details } = decision;
    return refuse(code, `redemption ${redemption.id}: ${message}`, details);
  }
  const day = dayOf(redemption);
  if (decision.at === day) return decision;
  return refuse(
    'TILL_DECISION_INVALID',
    `redemption ${redemption.id} is of ${day}, and the till decided for ${decision.at}: ` +
      'have the till decide for the day of the redemption in UTC',
    { redemptionId: redemption.id, day, decidedFor: decision.at },
  );
}

async function readPublished(
  queryable: Queryable,
  ruleSets: readonly TillRuleSet[],
): Promise<ReadonlyMap<string, PublishedRuleSet>> {
  const names = new Map(ruleSets.map((name) => [nameOf(name), name]));
  const published = await readRuleSets(
    queryable,
    [...names.values()].map(({ id, version }) => ({ setId: id, version })),
  );
  return new Map(published.map((set) => [nameOf({ id: set.setId, version: set.version }), set]));
}

function nameOf({ id, version }: TillRuleSet): string {
  return `${id}@${version}`;
}

/** Names stand in a till's decision in one order. */
function keyOf(ruleSets: readonly TillRuleSet[]): string {
  return ruleSets.map(nameOf).join(' ');
}

function rulesUnknown({ id }: Redemption, faults: readonly string[]): Refusal {
  return refuse(
    'TILL_RULES_UNKNOWN',
    `redemption ${id} was decided by rules that its till cannot have: ${faults.join('; ')}`,
    { redemptionId: id, faults },
  );
}
