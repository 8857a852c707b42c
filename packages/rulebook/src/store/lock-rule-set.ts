import type { Tx } from '@sluice/database';
import { refuse, type Refusal } from '@sluice/money';
import { readRuleSets, type PublishedRuleSet } from './read-rule-sets.ts';

/**
 * Locks a rule set until the commit: nobody publishes it, and nobody changes its rollouts.
 *
 * @returns the version in force; or `RULE_SET_UNKNOWN` for a set that was never published.
 */
export async function lockRuleSet(tx: Tx, setId: string): Promise<PublishedRuleSet | Refusal> {
  const [known] = await tx.query<{ newest_version: number }>(
    'select newest_version from rulebook.rule_set where id = $1 for update',
    [setId],
  );
  if (known === undefined) {
    const message = `rule set "${setId}" was never published: publish it before changing it`;
    return refuse('RULE_SET_UNKNOWN', message, { ruleSetId: setId });
  }
  const [inForce] = await readRuleSets(tx, [{ setId, version: known.newest_version }]);
  if (inForce === undefined) throw new Error(`rule set ${setId} has no version in force`);
  return inForce;
}
