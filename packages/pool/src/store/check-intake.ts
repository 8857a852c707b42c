import { maxViolations, type Invariant, type Queryable } from '@sluice/database';
import { readAcknowledged } from './read-redemptions.ts';
import { redemptionHash } from './redemption-hash.ts';

const pageSize = 5_000;

/**
 * Checks that every redemption that was taken in still is what was acknowledged then: nothing is
 * paid, or refused, that nobody asked for (I4).
 */
export async function checkIntake(queryable: Queryable): Promise<Invariant> {
  const violations: string[] = [];
  let checked = 0;
  for (let after = ''; ;) {
    const page = await readAcknowledged(queryable, { after, limit: pageSize });
    checked += page.length;
    for (const { redemption, poolId, bodyHash } of page) {
      if (redemptionHash(redemption, poolId) === bodyHash) continue;
      violations.push(`redemption ${redemption.id} is not what was acknowledged`);
    }
    after = page.at(-1)?.redemption.id ?? after;
    if (page.length < pageSize) break;
  }
  return {
    id: 'I4',
    title: 'every redemption that was taken in still is what was acknowledged',
    checked,
    violations: violations.slice(0, maxViolations),
  };
}
