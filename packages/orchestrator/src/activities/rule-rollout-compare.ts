import type { Json, Queryable } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import {
  compileLayers,
  parseRuleSet,
  ruleSetToJson,
  withReach,
  type CompiledRules,
  type RuleSet,
} from '@sluice/rule-engine';
import { readRollouts, readRuleSets, type Rollout, type RuleSetInForce } from '@sluice/rulebook';
import type { DiscountRules } from './discount-rules.ts';

/** Both rules of one discount: those from before a rollout, and those that it brings. */
export interface ComparedKind {
  readonly live: CompiledRules;
  readonly draft: CompiledRules;
}

/** A rollout's rules beside those from before it, for the step that it is in. */
export interface ComparedRules {
  readonly rolloutId: string;
  readonly step: number;
  readonly kinds: readonly ComparedKind[];
}

/** The rules that decide now, and the sets that they come from. */
export interface RulesInForce {
  readonly names: readonly RuleSetInForce[];
  readonly ruleSets: readonly RuleSet[];
  readonly discounts: readonly DiscountRules[];
}

/**
 * Loads what the unfinished rollouts of these sets are compared with. In shadow the draft as its
 * last stage would have it stands beside what is in force; later what is in force, the draft at its
 * reach, stands beside the base. One whose set was published past it is compared no more, and
 * neither is a draft that this worker cannot read: what is in force decides all the same.
 */
export async function compareRollouts(
  queryable: Queryable,
  inForce: RulesInForce,
): Promise<readonly ComparedRules[]> {
  const ours = new Set(inForce.ruleSets.map(({ id }) => id));
  const named = inForce.names.filter(({ setId, rollout }) => rollout !== null && ours.has(setId));
  const ids = named.map(({ rollout }) => rollout?.rolloutId ?? '');
  const rollouts = await readRollouts(queryable, ids);
  const compared: ComparedRules[] = [];
  for (const rollout of rollouts) {
    const name = named.find(({ setId }) => setId === rollout.setId);
    const one = name && (await compare(queryable, rollout, name, inForce));
    if (one) compared.push(one);
  }
  return compared;
}

async function compare(
  queryable: Queryable,
  rollout: Rollout,
  { setId, version, rollout: named }: RuleSetInForce,
  { ruleSets, discounts }: RulesInForce,
): Promise<ComparedRules | null> {
  const { rolloutId, baseVersion, stages, steps } = rollout;
  const step = steps.find(({ number }) => number === named?.step);
  if (step === undefined || version !== (step.version ?? baseVersion)) return null;
  const isShadow = step.version === null;
  const lastReach = stages.at(-1)?.reach ?? 0;
  const other = isShadow
    ? draftAt(rollout, lastReach, version + 1)
    : parseRuleSet((await readRuleSets(queryable, [{ setId, version: baseVersion }]))[0]?.content);
  if (isRefusal(other)) return null;
  const others = [...ruleSets.filter(({ id }) => id !== setId), other];
  const kinds = discounts.map(({ business, rules }) => {
    const beside = compileLayers(others, business);
    return isShadow ? { live: rules, draft: beside } : { live: beside, draft: rules };
  });
  return { rolloutId, step: step.number, kinds };
}

/** The draft of a rollout, reaching so many buckets, as a version of its set. */
export function draftAt(
  { draft, salt }: Pick<Rollout, 'draft' | 'salt'>,
  reach: number,
  version: number,
): RuleSet | Refusal {
  const ruleSet = parseRuleSet(draft);
  return isRefusal(ruleSet) ? ruleSet : withReach(ruleSet, { salt, to: reach, version });
}

/** A rule set as it is published. */
export function storedForm(ruleSet: RuleSet): Json {
  return ruleSetToJson(ruleSet) as Json;
}
