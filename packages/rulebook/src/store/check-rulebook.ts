import { maxViolations, requestHash, type Invariant, type Queryable } from '@sluice/database';
import { isRefusal } from '@sluice/money';
import { readRuleSetHead } from '../domain/rule-set-head.ts';
import { listRuleSetVersions, readVersionsInForce } from './read-rule-sets.ts';

/**
 * Checks that every published version still is what its digest says, stands under its own name, and
 * that the newest one is in force: else no decision could be traced to its rule (I5).
 */
export async function checkRulebook(queryable: Queryable): Promise<Invariant> {
  const violations: string[] = [];
  let checked = 0;
  for (const { setId, version: inForce } of await readVersionsInForce(queryable)) {
    const versions = await listRuleSetVersions(queryable, setId);
    checked += versions.length;
    const newest = versions[0]?.version ?? 0;
    if (newest !== inForce) violations.push(`${setId}: v${inForce} is in force, not v${newest}`);
    for (const { content, digest, version, layer, scopeId } of versions) {
      const name = `${setId} v${version}`;
      if (requestHash(content) !== digest) violations.push(`${name}: altered after publishing`);
      const head = readRuleSetHead(content);
      const isItself =
        !isRefusal(head) &&
        head.setId === setId &&
        head.version === version &&
        head.layer === layer &&
        head.scopeId === scopeId;
      if (!isItself) violations.push(`${name}: its content has another name or scope`);
    }
  }
  return {
    id: 'I5',
    title: 'every published rule set is unaltered, and the newest version is in force',
    checked,
    violations: violations.slice(0, maxViolations),
  };
}
