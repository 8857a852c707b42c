import { requestHash, type Json, type Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { readRuleSetHead, type RuleSetHead } from '../domain/rule-set-head.ts';

/** A rule set to be published. */
export interface RuleSetPublication {
  /** The whole set in the stored form, parsed by the rule engine before. */
  readonly content: Json;
  /** Where it comes from, for people: a file, or a rollout and its step. */
  readonly publishedBy: string;
}

/**
 * Publishes a version of a rule set: from the caller's commit on it is the one in force. A
 * published version never changes, and the version in force only goes up, as on every terminal.
 *
 * @returns `published`; `exists` when exactly this version was published before, be it in force or
 *   not; or `RULE_SET_UNREADABLE`, `RULE_SET_VERSION_REUSED` (other content under its version),
 *   `RULE_SET_VERSION_LOWERED` (a higher one is in force), nothing written.
 */
export async function publishRuleSet(
  tx: Tx,
  { content, publishedBy }: RuleSetPublication,
): Promise<'published' | 'exists' | Refusal> {
  const head = readRuleSetHead(content);
  if (isRefusal(head)) return head;
  const digest = requestHash(content);
  const newest = await raiseVersion(tx, head);
  if (newest > head.version || !(await insertVersion(tx, { head, content, digest, publishedBy }))) {
    return answerOlder(tx, head, { digest, newest });
  }
  return 'published';
}

/** Locks the set until the commit; answers the version in force from now on. */
async function raiseVersion(tx: Tx, { setId, version }: RuleSetHead): Promise<number> {
  const [row] = await tx.query<{ newest_version: number }>(
    `insert into rulebook.rule_set as known (id, newest_version)
     values ($1, $2)
     on conflict (id) do update
       set newest_version = greatest(known.newest_version, excluded.newest_version)
     returning newest_version`,
    [setId, version],
  );
  if (row === undefined) throw new Error(`rule set ${setId} was not locked`);
  return row.newest_version;
}

async function insertVersion(
  tx: Tx,
  {
    head: { setId, version, layer, scopeId },
    content,
    digest,
    publishedBy,
  }: RuleSetPublication & { readonly head: RuleSetHead; readonly digest: string },
): Promise<boolean> {
  const written = await tx.query(
    `insert into rulebook.rule_set_version
       (set_id, version, layer, scope_id, content, digest, published_by)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7)
     on conflict do nothing
     returning version`,
    [setId, version, layer, scopeId, JSON.stringify(content), digest, publishedBy],
  );
  return written.length === 1;
}

async function answerOlder(
  tx: Tx,
  { setId, version }: RuleSetHead,
  { digest, newest }: { readonly digest: string; readonly newest: number },
): Promise<'exists' | Refusal> {
  const [known] = await tx.query<{ digest: string }>(
    'select digest from rulebook.rule_set_version where set_id = $1 and version = $2',
    [setId, version],
  );
  if (known?.digest === digest) return 'exists';
  const details = { ruleSetId: setId, version, newestVersion: newest };
  const mend = `publish the change as v${newest + 1}`;
  if (known !== undefined) {
    const message = `rule set "${setId}" v${version} was published before with other content`;
    return refuse('RULE_SET_VERSION_REUSED', `${message}: ${mend}`, details);
  }
  const message = `rule set "${setId}" v${version} is older than v${newest}, which is in force`;
  return refuse('RULE_SET_VERSION_LOWERED', `${message}: ${mend}`, details);
}
