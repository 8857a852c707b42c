import { withTransaction, type Database, type Tx } from '@sluice/database';
import { expectAnswer, type Refusal } from '@sluice/money';
import { parseRuleSet, type RuleSet } from '@sluice/rule-engine';
import {
  lockRuleSet,
  readRuleSets,
  readVersionsInForce,
  recordRollout,
  type RecordedRollout,
  type RolloutTerms,
} from '@sluice/rulebook';
import { answerOrLeave, orRefusal, refuseAll } from './refuse-all.ts';
import { isOurs, type RuleBookParts } from './rule-book.ts';
import { storedForm } from './rule-rollout-compare.ts';
import { refuseDraft } from './rule-rollout-draft.ts';

/** A draft, and how it is to be rolled out. */
export interface RolloutRequest extends RolloutTerms {
  readonly draft: RuleSet;
}

/**
 * Checks a draft against what is in force and records its rollout; the workflow `ruleRollout` then
 * does it. The same request again finds the rollout that it began.
 *
 * @returns which one; or a refusal of `recordRollout` or {@link refuseDraft}, nothing written.
 */
export function recordRuleRollout(
  database: Database,
  parts: RuleBookParts,
  { draft, ...terms }: RolloutRequest,
): Promise<RecordedRollout | Refusal> {
  return orRefusal(
    withTransaction(database, async (tx) => {
      const plan = { ...terms, draft: storedForm(draft) };
      const recorded = answerOrLeave(await recordRollout(tx, plan));
      if (recorded.kind === 'exists') return recorded;
      const lastReach = terms.stages.at(-1)?.reach ?? 0;
      const beside = await readBeside(tx, parts, draft.id);
      const refusal = refuseDraft({ draft, salt: terms.salt, lastReach, ...beside }, parts);
      return refusal === null ? recorded : refuseAll(refusal);
    }),
  );
}

async function readBeside(
  tx: Tx,
  parts: RuleBookParts,
  setId: string,
): Promise<{ readonly base: RuleSet; readonly others: readonly RuleSet[] }> {
  const { content } = answerOrLeave(await lockRuleSet(tx, setId));
  const names = (await readVersionsInForce(tx)).filter((name) => name.setId !== setId);
  const published = (await readRuleSets(tx, names)).filter((set) => isOurs(set, parts));
  return {
    base: expectAnswer(parseRuleSet(content)),
    others: published.map((set) => expectAnswer(parseRuleSet(set.content))),
  };
}
